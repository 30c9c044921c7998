//! The contract register: records, field values with evidence, decisions.

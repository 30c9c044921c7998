//! What a mail says of a contract is not the contract: unless two parties make one in it, a person confirms its values,
//! and one that only brings a contract has no kind of its own.

use super::doubtful::propose;
use crate::{
    model::{Field, Fields, Language, Status},
    text::Text,
};

/// Settles what was read in a mail; in other documents nothing.
pub(super) fn settle(text: &Text, fields: &mut Fields, language: Language) {
    if !text.is_mail() || fields.are_of_a_contract() {
        return;
    }
    if text.brings_attachments() {
        fields.contract_type = Field::absent();
    }
    if let (None, Some(subject)) = (&fields.title.value, text.mail_subject()) {
        fields.title = Field {
            value: Some(text.slice(&subject).to_owned()),
            status: Status::Proposed,
            confidence: 0.5,
            explanation: Some(language.say("onderwerp van de e-mail", "subject of the e-mail").to_owned()),
            evidence: text.evidence(&subject),
            ..Field::absent()
        };
    }
    propose(fields, |_| true, "");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::ContractType;

    fn check(mail: &str, kind: Option<ContractType>, title: &str, status: Status) {
        let mut text = Text::of_sentence("", None);
        text.running = mail.into();
        let mut fields = Fields::absent();
        let auto = |value: &str| Field { value: Some(value.to_owned()), status: Status::Auto, ..Field::absent() };
        fields.contract_type = Field { value: Some(ContractType::Amendment), status: Status::Auto, ..Field::absent() };
        fields.court = auto("Rechtbank Drenthe");
        settle(&text, &mut fields, Language::English);
        assert_eq!(fields.contract_type.value, kind, "{mail}");
        assert_eq!(fields.title.value.as_deref().unwrap_or_default(), title, "{mail}");
        assert_eq!(fields.court.status, status, "{mail}");
    }

    #[test]
    fn only_of_a_mail_a_person_confirms_what_no_two_parties_agreed() {
        let amendment = Some(ContractType::Amendment);
        check("From: a\nTo: b\nSubject: Allonge\nAttachments: a.pdf\nHierbij.", None, "Allonge", Status::Proposed);
        check("From: a\nSubject: Akkoord\nDe allonge.\nAttachments: x", amendment, "Akkoord", Status::Proposed);
        check("From: a\nDate: 1 May 2020\nDe allonge.", amendment, "", Status::Proposed);
        check("From: the first of May", amendment, "", Status::Auto);
        check("Allonge\nFrom: a\nSubject: b", amendment, "", Status::Auto);
    }
}

//! What a person types as the value of a field: read as the record format writes it, and compared with the words that
//! the register uses, so that filters and lists find it.

use serde_json::Value;

use super::{check_name, current, fields};
use crate::{
    Error, ErrorKind, Result,
    model::{Fields, record::ContractType},
};

/// A typed text as a value of a field, written as the record format writes it.
pub fn typed(field: &str, text: &str) -> Result<Value> {
    check_name(field)?;
    let text = text.trim();
    let refuse = |why: String| {
        let error = Error::new(ErrorKind::InvalidInput, format!("`{text}` is no value of `{field}`: {why}"));
        match words(field) {
            Some(words) => error
                .hint(format!("it is one of {words}"))
                .dutch(format!("`{text}` is geen waarde van `{field}`; het is een van {words}")),
            None => error
                .hint(format!("for example: {}", example(field)))
                .dutch(format!("`{text}` is geen waarde van `{field}`; bijvoorbeeld: {}", example(field))),
        }
    };
    if text.is_empty() {
        return Err(refuse("it is empty".into()));
    }
    let mut forms = vec![Value::String(text.into())];
    forms.extend(serde_json::from_str::<Value>(text).ok().filter(|value| value.is_object() || value.is_array()));
    let mut why = String::new();
    for form in forms {
        let is_list = matches!(field, "parties" | "notice");
        let given = if is_list && !form.is_array() { Value::Array(vec![form]) } else { form };
        let decided = |value: &Value| current::decided(value.clone(), String::new());
        let filled = match &given {
            Value::Array(values) if is_list => Value::Array(values.iter().map(decided).collect()),
            single => decided(single),
        };
        let mut record = fields::to_value(&Fields::absent())?;
        record.insert(field.into(), filled);
        match serde_json::from_value::<Fields>(Value::Object(record)) {
            Ok(read) => {
                let written = fields::to_value(&read)?.remove(field).unwrap_or_default();
                let value = match written {
                    Value::Array(values) => values.into_iter().map(|mut value| value["value"].take()).collect(),
                    mut single => single["value"].take(),
                };
                check_parts(&given, &value).map_err(refuse)?;
                return if field == "governing_law" { law(&value).map_err(refuse) } else { Ok(value) };
            }
            Err(_) => why = "it is not written as such a value".into(),
        }
    }
    Err(refuse(why))
}

/// What the types let through: a misspelt part, an amount in words, an empty list.
fn check_parts(given: &Value, read: &Value) -> std::result::Result<(), String> {
    match (given, read) {
        (Value::Array(given), Value::Array(_)) if given.is_empty() => Err("it is empty".into()),
        (Value::Array(given), Value::Array(read)) => {
            given.iter().zip(read).try_for_each(|(given, read)| check_parts(given, read))
        }
        (Value::Object(given), Value::Object(read)) => {
            if let Some(unknown) = given.keys().find(|&key| !read.contains_key(key)) {
                return Err(format!("it has no part `{unknown}`"));
            }
            let part = |key: &str| read.get(key).and_then(Value::as_str);
            let amount_is_wrong = part("amount").is_some_and(|amount| {
                let (whole, cents) = amount.split_once('.').unwrap_or((amount, ""));
                let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                whole.is_empty() || cents.len() != 2 || !digits(whole) || !digits(cents)
            });
            if amount_is_wrong {
                return Err("its amount is written as 1250.00".into());
            }
            if part("currency")
                .is_some_and(|code| code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()))
            {
                return Err("its currency is a code of three capitals".into());
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Every word that a field may hold, where it holds one of a list.
fn words(field: &str) -> Option<String> {
    match field {
        "contract_type" => Some(ContractType::NAMES.join(", ")),
        _ => None,
    }
}

/// ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR \
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET \
    FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ \
    IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML \
    MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS \
    PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL \
    TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// A law by its code, in capitals as the rules write it.
fn law(value: &Value) -> std::result::Result<Value, String> {
    let code = value.as_str().unwrap_or_default().to_uppercase();
    let (country, part) = code.split_once('-').map_or((&*code, None), |(country, part)| (country, Some(part)));
    let part_is_one = part.is_none_or(|part| {
        ["US", "CA", "GB"].contains(&country)
            && (2..=3).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_uppercase())
    });
    if country.len() == 2 && part_is_one && COUNTRIES.split(' ').any(|known| known == country) {
        Ok(Value::String(code))
    } else {
        Err("it is no code of a country or state".into())
    }
}

/// Values of a field, as a person types them.
pub fn example(field: &str) -> &'static str {
    match field {
        "parties" => {
            r#"Bakkerij Jansen B.V. (huurder); Gemeente Diemen (verhuurder), or [{"name": "Bakkerij Jansen B.V.", "role": "Huurder"}]"#
        }
        "signing_date" | "effective_date" | "end_date" | "notice_deadline" => "31 december 2027, or 2027-12-31",
        "term" => "4 jaar, P18M, or onbepaalde tijd (indefinite)",
        "renewal" => {
            r#"stilzwijgend, telkens 1 jaar, or {"kind": "tacit", "period": "P1Y", "max_times": 2} (kind: tacit, option or none)"#
        }
        "notice" => {
            r#"3 maanden door huurder, schriftelijk, or {"period": "P3M", "by": "any", "against": "end_of_term"} (by: any, or a party's role; against: end_of_term, end_of_month, end_of_quarter, end_of_year, any_time or other)"#
        }
        "value" => {
            r#"€ 2.661,36 per maand excl. btw, or {"amount": "2661.36", "currency": "EUR", "per": "month", "vat": "excl"} (per: total, year, quarter, month, hour or unit; vat: incl or excl)"#
        }
        "governing_law" => "Nederlands recht, or a code of ISO 3166 such as NL, GB-SCT or US-NY",
        "relates_to" => r#"KL-8831 van 9 december 2021, or {"reference": "2019-044", "date": "2019-03-01"}"#,
        _ => "the words as printed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_is_one_of_the_codes_that_the_rules_fill_in() {
        let check = |text: &str, want: Option<&str>| {
            let got = typed("governing_law", text);
            assert_eq!(got.as_ref().ok().and_then(Value::as_str), want, "{text}: {got:?}");
            assert!(want.is_some() || got.is_err_and(|error| error.advice().is_some_and(|hint| hint.contains(" NL,"))));
        };
        check("NL", Some("NL"));
        check("nl", Some("NL"));
        check("us-ny", Some("US-NY"));
        check("GB-SCT", Some("GB-SCT"));
        check("Nederland", None);
        check("XX", None);
        check("NL-US", None);
        check("é-", None);
    }

    #[test]
    fn every_type_of_contract_is_named_where_none_fits() {
        let refused = typed("contract_type", "diensten").unwrap_err();
        let hint = refused.advice().unwrap();
        assert!(ContractType::NAMES.iter().all(|name| hint.contains(name)), "{hint}");
        for name in ContractType::NAMES {
            assert_eq!(typed("contract_type", name).unwrap(), name);
        }
    }
}

//! Why something that was handed over is not taken in: a typed kind for machines, a sentence for people.

use crate::{bagit::Fault, model::Language};

/// Why an arrival goes to quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It has no bytes.
    Empty,
    /// Its content is of a kind that griffie recognizes and does not take, in Dutch and in English.
    UnsupportedType(&'static str, &'static str),
    /// The same of a kind that holds other files.
    UnsupportedPackage(&'static str, &'static str),
    /// Its content is of no known kind.
    UnknownType,
    /// It is a link, which is never followed: it may lead anywhere.
    SymbolicLink,
    /// It is a pipe, socket or device, which is never opened: reading it may never end.
    SpecialFile,
    /// It grew or changed while it was looked at.
    StillWritten,
    /// It was there, and is there no more.
    Vanished,
    /// Whoever runs the program may not read it.
    MayNotRead,
    /// The operating system would not let it be read.
    Unreadable(String),
    /// An operating system or program left it behind for its own use.
    SystemFile,
    /// The archive, or this member of it, asks for a password.
    Encrypted,
    /// The archive's list of members cannot be read.
    DamagedContainer,
    /// Two members of the archive have one name, so that one of them would be lost.
    AmbiguousNames,
    /// It is larger than is allowed.
    TooLarge(u64),
    /// The attachment is a link to a file elsewhere.
    LinkedAttachment,
    /// What an e-mail says this attachment's bytes are coded as does not hold.
    DamagedAttachment,
    /// What is attached to a PDF could not be taken out of it.
    DamagedAttached,
    /// Data for computers that a PDF brings along, such as the figures of an invoice (factur-x.xml).
    AttachedData,
    /// The e-mail has no end: what came after its last attachment is missing.
    MailCut,
    /// The e-mail goes on behind its end, where no mail program looks.
    BehindTheEnd,
    /// The archive holds this member and does not list it, so that no program shows it.
    Unlisted,
    /// This member's bytes are not those that the archive says they are.
    DamagedMember,
    /// This member is compressed by a method that is not supported.
    UnsupportedCompression,
    /// The archive or e-mail holds nothing.
    NothingInside,
    /// The archive holds more members than are allowed.
    TooManyMembers(usize),
    /// What the outermost container holds unpacks to more bytes than are allowed.
    TooMuchInside(u64),
    /// This member unpacks to implausibly many times its packed size.
    ImplausibleRatio(u64),
    /// Containers inside containers, deeper than is allowed.
    NestedTooDeep(usize),
    /// The e-mail is larger than is allowed.
    MailTooLarge(u64),
    /// The folder says that it is a BagIt bag, and is not as it says.
    Bag(Fault),
    /// A small picture that belongs to the layout of an e-mail, such as a logo.
    InlineImage,
}

impl Reason {
    /// The kind of [`Self::AttachedData`], for which nobody need do anything.
    pub const ATTACHED_DATA: &str = "attached_data";

    /// The typed kind, which stays the same for ever.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::UnsupportedType(..) | Self::UnsupportedPackage(..) => "unsupported_type",
            Self::UnknownType => "unknown_type",
            Self::SymbolicLink => "symbolic_link",
            Self::SpecialFile => "special_file",
            Self::StillWritten => "still_written",
            Self::Vanished => "vanished",
            Self::MayNotRead => "may_not_read",
            Self::Unreadable(_) => "unreadable",
            Self::SystemFile => "system_file",
            Self::Encrypted => "encrypted",
            Self::DamagedContainer => "damaged_container",
            Self::AmbiguousNames => "ambiguous_names",
            Self::TooLarge(_) => "too_large",
            Self::LinkedAttachment => "linked_attachment",
            Self::DamagedAttachment => "damaged_attachment",
            Self::DamagedAttached => "damaged_attached_file",
            Self::AttachedData => Self::ATTACHED_DATA,
            Self::MailCut => "mail_cut",
            Self::BehindTheEnd => "behind_the_end",
            Self::Unlisted => "unlisted_member",
            Self::DamagedMember => "damaged_member",
            Self::UnsupportedCompression => "unsupported_compression",
            Self::NothingInside => "nothing_inside",
            Self::TooManyMembers(_) => "too_many_members",
            Self::TooMuchInside(_) => "too_much_inside",
            Self::ImplausibleRatio(_) => "implausible_ratio",
            Self::NestedTooDeep(_) => "nested_too_deep",
            Self::MailTooLarge(_) => "mail_too_large",
            Self::Bag(Fault::Changed(_)) => "bag_changed",
            Self::Bag(Fault::Missing(_) | Fault::Incomplete) => "bag_incomplete",
            Self::Bag(Fault::Unlisted(_)) => "bag_unlisted",
            Self::Bag(Fault::Malformed(_) | Fault::NoManifest | Fault::Unreadable(_)) => "bag_malformed",
            Self::Bag(Fault::Unnamed(_) | Fault::Disproved(_)) => "bag_contradicts",
            Self::InlineImage => "inline_image",
        }
    }

    /// The sentence for people: what is the matter and, where something can be done, what.
    pub fn message(&self, language: Language) -> String {
        let megabytes = |bytes: &u64| bytes / 1_000_000;
        match self {
            Self::Empty => language.say("het bestand is leeg", "the file is empty").into(),
            Self::UnsupportedType(nl, en) => language.say(
                format!("het bestand is {nl}; dat kan niet worden gelezen: lever het aan als PDF"),
                format!("the file is {en}, which cannot be read: hand it in as PDF"),
            ),
            Self::UnsupportedPackage(nl, en) => language.say(
                format!(
                    "het bestand is {nl}; dat wordt niet geopend: open of pak het zelf uit en lever aan wat erin zit, elk document als PDF"
                ),
                format!(
                    "the file is {en}, which is not opened: open or unpack it by other means and hand in what it holds, each document as a PDF"
                ),
            ),
            Self::UnknownType => {
                language.say("de inhoud is van geen bekende soort", "its content is of no known kind").into()
            }
            Self::SymbolicLink => language
                .say(
                    "het is een symbolische koppeling, en die worden niet gevolgd: lever het bestand zelf aan",
                    "it is a symbolic link, and those are not followed: hand in the file itself",
                )
                .into(),
            Self::SpecialFile => language
                .say("het is een pipe, socket of apparaat, geen bestand", "it is a pipe, socket or device, not a file")
                .into(),
            Self::StillWritten => language
                .say(
                    "het bestand werd nog geschreven: neem het opnieuw op als het klaar is",
                    "the file was still being written: ingest it again when it is complete",
                )
                .into(),
            Self::Vanished => language
                .say(
                    "het bestand verdween terwijl het werd opgenomen",
                    "the file went away while it was taken in",
                )
                .into(),
            Self::MayNotRead => language
                .say(
                    "het bestand mag niet worden gelezen: geef er leesrechten op",
                    "the file may not be read: give permission to read it",
                )
                .into(),
            Self::Unreadable(why) => language.say(
                format!("het bestand kan niet worden gelezen ({why})"),
                format!("the file cannot be read ({why})"),
            ),
            Self::SystemFile => language
                .say(
                    "het is een hulpbestand van een besturingssysteem of programma, geen document",
                    "it is a housekeeping file of an operating system or program, not a document",
                )
                .into(),
            Self::Encrypted => language
                .say(
                    "het archiefbestand vraagt om een wachtwoord: lever de inhoud zonder wachtwoord aan",
                    "the archive asks for a password: hand in its content without one",
                )
                .into(),
            Self::DamagedContainer => language
                .say(
                    "het archiefbestand is beschadigd: de inhoudsopgave kan niet worden gelezen",
                    "the archive is damaged: its list of members cannot be read",
                )
                .into(),
            Self::AmbiguousNames => language
                .say(
                    "twee bestanden in het archiefbestand hebben dezelfde naam: pak het zelf uit",
                    "two members of the archive have the same name: unpack it by other means",
                )
                .into(),
            Self::TooLarge(limit) => language.say(
                format!("het bestand is groter dan {} MB: splits het", megabytes(limit)),
                format!("the file is larger than {} MB: split it", megabytes(limit)),
            ),
            Self::LinkedAttachment => language
                .say(
                    "de bijlage is een koppeling naar een bestand dat niet in de e-mail zit: lever dat bestand zelf aan",
                    "the attachment is a link to a file that is not in the e-mail: hand in that file itself",
                )
                .into(),
            Self::DamagedAttachment => language
                .say(
                    "de bijlage is beschadigd in de e-mail: vraag de afzender om haar opnieuw te sturen",
                    "the attachment is damaged inside the e-mail: ask the sender to send it again",
                )
                .into(),
            Self::DamagedAttached => language
                .say(
                    "wat als bijlage in de PDF zit is er niet uit te halen: open hem en lever de bijlage apart aan",
                    "what is attached to the PDF cannot be taken out: open it and hand in the attachment by itself",
                )
                .into(),
            Self::AttachedData => language
                .say(
                    "het zijn gegevens voor computers, die met hun PDF zijn bewaard: er hoeft niets te gebeuren",
                    "it is data for computers, which is kept with its PDF: nothing need be done",
                )
                .into(),
            Self::BehindTheEnd => language
                .say(
                    "de e-mail gaat verder achter haar einde, waar mailprogramma's niet kijken; wat daar staat is niet \
                     opgenomen: vraag de afzender haar opnieuw te sturen",
                    "the e-mail goes on behind its end, where mail programs do not look; what stands there was not taken: \
                     ask the sender to send it anew",
                )
                .into(),
            Self::Unlisted => language
                .say(
                    "het staat in het archief, maar niet in zijn lijst, zodat geen programma het toont; het is niet \
                     opgenomen: vraag de afzender of het erbij hoort",
                    "it is in the archive, but not in its list, so that no program shows it; it was not taken: ask the \
                     sender whether it belongs to it",
                )
                .into(),
            Self::MailCut => language
                .say(
                    "het einde van de e-mail ontbreekt: wat er na de laatste bijlage kwam is er niet, en die kan afgekapt zijn",
                    "the end of the e-mail is missing: what came after its last attachment is lost, and that may be cut off",
                )
                .into(),
            Self::DamagedMember => language
                .say(
                    "dit bestand is beschadigd in het archiefbestand; wat er verder in zit staat daar los van",
                    "this member is damaged inside the archive; the others do not depend on it",
                )
                .into(),
            Self::UnsupportedCompression => language
                .say(
                    "dit bestand is ingepakt op een manier die niet wordt ondersteund: pak het zelf uit",
                    "this member is packed by a method that is not supported: unpack it by other means",
                )
                .into(),
            Self::NothingInside => {
                language.say("er zitten geen bestanden of bijlagen in", "it holds no files or attachments").into()
            }
            Self::TooManyMembers(limit) => language.say(
                format!("het archiefbestand bevat meer dan {limit} bestanden: splits het"),
                format!("the archive holds more than {limit} members: split it"),
            ),
            Self::TooMuchInside(limit) => language.say(
                format!(
                    "uitgepakt is de inhoud samen groter dan {} MB: splits het archiefbestand, of sta meer toe met unpacked_mib in griffie.toml",
                    megabytes(limit)
                ),
                format!(
                    "unpacked, its content exceeds {} MB in all: split the archive, or allow more by unpacked_mib in griffie.toml",
                    megabytes(limit)
                ),
            ),
            Self::ImplausibleRatio(limit) => language.say(
                format!("dit bestand wordt bij uitpakken meer dan {limit} keer zo groot, wat op misbruik wijst"),
                format!("this member grows more than {limit} times when unpacked, which suggests abuse"),
            ),
            Self::NestedTooDeep(limit) => language.say(
                format!("er zitten meer dan {limit} archiefbestanden of e-mails in elkaar: pak ze zelf uit"),
                format!("more than {limit} archives or e-mails sit inside each other: unpack them by other means"),
            ),
            Self::MailTooLarge(limit) => language.say(
                format!("de e-mail is groter dan {} MB: lever de bijlagen los aan", megabytes(limit)),
                format!("the e-mail is larger than {} MB: hand in its attachments by themselves", megabytes(limit)),
            ),
            Self::Bag(fault) => {
                let nl = match fault {
                    Fault::Changed(file) => format!("`{file}` heeft een andere digest dan de lijst zegt"),
                    Fault::Missing(file) => format!("`{file}` ontbreekt"),
                    Fault::Unlisted(file) => format!("`{file}` staat niet op elke lijst"),
                    Fault::Incomplete => "er moeten nog bestanden worden opgehaald".into(),
                    Fault::Malformed(file) => format!("`{file}` is niet te begrijpen"),
                    Fault::NoManifest => "er is geen lijst met SHA-256 of SHA-512".into(),
                    Fault::Unreadable(file) => format!("`{file}` kan niet worden gelezen"),
                    Fault::Unnamed(file) => {
                        format!("de bytes van `{file}` zijn niet die waarvan het logboek erin vertelt")
                    }
                    Fault::Disproved(file) => {
                        format!("`{file}` houdt geen stand tegen het ijkpunt en de sleutels erin")
                    }
                };
                language.say(
                    format!(
                        "de BagIt-map is niet zoals die zegt: {nl}; er is niets uit opgenomen: vraag haar opnieuw op"
                    ),
                    format!("the BagIt folder is not as it says: {fault}; nothing of it was taken: ask for it again"),
                )
            }
            Self::InlineImage => language
                .say(
                    "het is een kleine afbeelding uit de opmaak van een e-mail, geen document",
                    "it is a small picture from the layout of an e-mail, not a document",
                )
                .into(),
        }
    }
}

impl From<std::io::Error> for Reason {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Vanished,
            std::io::ErrorKind::PermissionDenied => Self::MayNotRead,
            kind => Self::Unreadable(kind.to_string()),
        }
    }
}

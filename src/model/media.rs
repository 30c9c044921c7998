//! Kinds of file, told by content.

use serde::{Deserialize, Serialize};

/// A kind of file that griffie knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the documentation
pub enum MediaType {
    Pdf,
    Tiff,
    Jpeg,
    Png,
    Webp,
    Doc,
    Docx,
    Odt,
    Rtf,
    Zip,
    Eml,
    Msg,
    Mbox,
}

impl MediaType {
    /// IANA media type.
    pub fn iana(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Tiff => "image/tiff",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Doc => "application/msword",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Rtf => "application/rtf",
            Self::Zip => "application/zip",
            Self::Eml => "message/rfc822",
            Self::Msg => "application/vnd.ms-outlook",
            Self::Mbox => "application/mbox",
        }
    }

    /// Usual file name extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Tiff => "tif",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Doc => "doc",
            Self::Docx => "docx",
            Self::Odt => "odt",
            Self::Rtf => "rtf",
            Self::Zip => "zip",
            Self::Eml => "eml",
            Self::Msg => "msg",
            Self::Mbox => "mbox",
        }
    }

    /// Word-processor files, which are read through a PDF that LibreOffice makes of them.
    pub fn is_office(self) -> bool {
        matches!(self, Self::Doc | Self::Docx | Self::Odt | Self::Rtf)
    }

    /// Mails, which are documents where they say something, and hold what is attached to them.
    pub fn is_mail(self) -> bool {
        matches!(self, Self::Eml | Self::Msg)
    }

    /// Files that hold other files, and nothing else.
    pub fn is_container(self) -> bool {
        matches!(self, Self::Zip | Self::Mbox)
    }
}

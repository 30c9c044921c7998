//! Signed requests to one bucket, tried again where that can help, and what the server answers. What object_store's
//! own client cannot ask (retentions, holds, versions, conditional uploads in parts) is asked here.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use object_store::{
    HeaderMap,
    aws::{AwsAuthorizer, AwsCredentialProvider},
    client::{HttpClient, HttpError, HttpRequest, HttpRequestBody},
};
use sha2::{Digest as _, Sha256};

use crate::{Error, ErrorKind, Result, error::Fold as _};

/// The first wait before a request is tried again; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// A bucket of a server, and who asks.
pub(super) struct Client {
    pub http: HttpClient,
    pub credentials: AwsCredentialProvider,
    pub region: String,
    /// `https://host/bucket`
    pub bucket_url: String,
    /// Folders below which all keys lie, or nothing.
    pub prefix: String,
}

/// A request to be signed.
pub(super) struct Request {
    method: &'static str,
    key: String,
    query: String,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
    tries: u32,
}

impl Request {
    /// A request about an object; an empty key is the bucket itself.
    pub fn new(method: &'static str, key: &str) -> Self {
        let key = key.to_owned();
        Self { method, key, query: String::new(), headers: Vec::new(), body: Bytes::new(), tries: 7 }
    }

    pub fn query(mut self, name: &str, value: &str) -> Self {
        let separator = if self.query.is_empty() { '?' } else { '&' };
        self.query += &format!("{separator}{name}={}", encode(value));
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The body, with its SHA-256: the server stores nothing else under it.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        let digest = STANDARD.encode(Sha256::digest(&self.body));
        self.header("x-amz-sdk-checksum-algorithm", "SHA256").header("x-amz-checksum-sha256", digest)
    }

    /// A body without a checksum of its own; the signature covers it.
    pub fn plain_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// How often it is sent at most.
    pub fn tries(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }
}

/// What a server answered.
pub(super) struct Answer {
    pub status: u16,
    headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// Whether it did what was asked. Some requests fail with status 200 and an error in the body.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status) && self.text("Error").is_none()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The text of an element of the body.
    pub fn text(&self, tag: &str) -> Option<&str> {
        element(std::str::from_utf8(&self.body).ok()?, tag)
    }

    /// The version that the request made or was about.
    pub fn version(&self) -> Option<String> {
        self.header("x-amz-version-id").filter(|version| *version != "null").map(str::to_owned)
    }

    /// What was answered, in a few words: `403 AccessDenied (Access Denied)`.
    pub fn said(&self) -> String {
        let mut said = self.status.to_string();
        if let Some(code) = self.text("Code") {
            said += &format!(" {code}");
        }
        if let Some(message) = self.text("Message").filter(|message| !message.is_empty()) {
            let plain = [("&apos;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
            let message = plain.iter().fold(message.to_owned(), |text, (entity, plain)| text.replace(entity, plain));
            said += &format!(" ({message})");
        }
        said
    }

    fn may_help_to_try_again(&self) -> bool {
        // Answered while another conditional request about the same name is under way.
        let busy =
            matches!(self.text("Code"), Some("ConditionalRequestConflict" | "OperationAborted" | "InternalError"));
        busy || matches!(self.status, 429 | 500 | 502 | 503 | 504)
    }
}

impl Client {
    /// The key under the prefix.
    pub fn full_key(&self, key: &str) -> String {
        if self.prefix.is_empty() { key.to_owned() } else { format!("{}/{key}", self.prefix) }
    }

    /// Sends a request until it is answered by something that trying again would not change. A request that was
    /// answered and whose answer was lost is sent again too: every request here may be made twice.
    pub async fn send(&self, request: Request) -> Result<Answer> {
        let mut wait = FIRST_WAIT;
        for left in (0..request.tries).rev() {
            match self.send_once(&request).await? {
                Ok(answer) if left == 0 || !answer.may_help_to_try_again() => return Ok(answer),
                // An answer that was cut off too: what it held is not known.
                Err(error) if left == 0 => {
                    return Err(Error::new(
                        ErrorKind::Storage,
                        format!("cannot reach the store `{}`", self.bucket_url),
                    )
                    .hint("check the network and the endpoint; the same command run again goes on where it was")
                    .source(error));
                }
                _ => tokio::time::sleep(wait).await,
            }
            wait *= 2;
        }
        Err(Error::new(ErrorKind::Internal, "a request was to be sent no time at all"))
    }

    async fn send_once(&self, request: &Request) -> Result<Result<Answer, HttpError>> {
        let credential = self.credentials.get_credential().await.map_err(|error| {
            Error::new(ErrorKind::Config, "there are no credentials for the store")
                .hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a `profile` under [s3] in griffie.toml")
                .source(error)
        })?;
        let mut http = HttpRequest::new(HttpRequestBody::from(request.body.clone()));
        let path = if request.key.is_empty() { String::new() } else { format!("/{}", request.key) };
        let wrong = || format!("`{}{path}` is no address", self.bucket_url);
        *http.method_mut() = request.method.parse().fold(ErrorKind::Internal, wrong)?;
        *http.uri_mut() =
            format!("{}{path}{}", self.bucket_url, request.query).parse().fold(ErrorKind::Config, wrong)?;
        for (name, value) in &request.headers {
            http.headers_mut().insert(*name, value.parse().fold(ErrorKind::Internal, || "a header has no such value")?);
        }
        if request.body.is_empty() && matches!(request.method, "PUT" | "POST") {
            // Left out by the client for an empty body, and missed by some servers.
            http.headers_mut().insert("content-length", "0".parse().fold(ErrorKind::Internal, || "a length")?);
        }
        AwsAuthorizer::new(&credential, "s3", &self.region)
            .try_authorize(&mut http, None)
            .fold(ErrorKind::Internal, || "cannot sign a request to the store")?;
        let response = match self.http.execute(http).await {
            Ok(response) => response,
            Err(error) => return Ok(Err(error)),
        };
        let (parts, body) = response.into_parts();
        Ok(match body.bytes().await {
            Ok(body) => Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body }),
            Err(error) => Err(error),
        })
    }

    /// The error that an answer is.
    pub fn refusal(&self, answer: &Answer, doing: impl std::fmt::Display) -> Error {
        refusal(&self.bucket_url, answer, doing)
    }
}

fn refusal(place: &str, answer: &Answer, doing: impl std::fmt::Display) -> Error {
    let said = answer.said();
    match (answer.status, answer.text("Code").unwrap_or_default()) {
        (_, "NoSuchBucket") => no_bucket(place),
        (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "ExpiredToken" | "InvalidToken") | (401, _) => {
            Error::new(ErrorKind::Refused, format!("{doing}: the store does not know who asks: {said}"))
                .hint("check the credentials (environment, or the profile under [s3]), the region and the clock")
        }
        (403, _) => denied(format!("{doing}: {said}")),
        // The answer to a HEAD request has no body to say more.
        (301 | 307, _) | (400, "AuthorizationHeaderMalformed") => {
            Error::new(ErrorKind::Config, format!("{doing}: the bucket is in another region: {said}"))
                .hint("set `region` under [s3]")
        }
        (501, _) | (_, "NotImplemented") => {
            Error::new(ErrorKind::Refused, format!("{doing}: the server cannot do that: {said}"))
                .hint("`griffie store probe` tells what it can")
        }
        _ => Error::new(ErrorKind::Storage, format!("{doing}: the store answered {said}")),
    }
}

/// There is no such bucket.
pub(super) fn no_bucket(place: &str) -> Error {
    Error::new(ErrorKind::Config, format!("there is no bucket `{place}`"))
        .hint("make it first, with Object Lock on if it is to hold retentions; griffie makes no buckets")
}

/// The store refuses who asks.
pub(in crate::storage) fn denied(message: String) -> Error {
    Error::new(ErrorKind::Refused, message).hint(
        "griffie needs s3:ListBucket, s3:GetObject and s3:PutObject; with retentions also s3:PutObjectRetention, \
         s3:GetObjectRetention, s3:GetObjectVersion and s3:ListBucketVersions",
    )
}

/// The text of the first element with this name, which has no attributes.
pub(super) fn element<'a>(xml: &'a str, tag: &str) -> Option<&'a str> {
    let begin = xml.find(&format!("<{tag}>"))? + tag.len() + 2;
    let end = xml[begin..].find(&format!("</{tag}>"))? + begin;
    Some(&xml[begin..end])
}

/// Percent-encoding of everything but unreserved characters (RFC 3986, section 2.3).
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::{
        ClientOptions, StaticCredentialProvider,
        client::{HttpConnector as _, ReqwestConnector},
    };

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: HeaderMap::new(), body: Bytes::from(body.to_owned()) }
    }

    #[test]
    fn an_answer_is_told_and_typed() {
        let check = |status: u16, code: &str, kind: ErrorKind| {
            let body = format!("<Error><Code>{code}</Code><Message>can&apos;t</Message></Error>");
            let error = refusal("https://host/bucket", &answer(status, &body), "cannot write `x`");
            assert_eq!(error.kind(), kind, "{code}");
            assert!(error.advice().is_some() || kind == ErrorKind::Storage, "{code}");
        };
        check(404, "NoSuchBucket", ErrorKind::Config);
        check(403, "AccessDenied", ErrorKind::Refused);
        check(403, "SignatureDoesNotMatch", ErrorKind::Refused);
        check(301, "PermanentRedirect", ErrorKind::Config);
        check(301, "", ErrorKind::Config);
        check(501, "NotImplemented", ErrorKind::Refused);
        check(507, "InsufficientStorage", ErrorKind::Storage);
        let odd = answer(200, "<Error><Code>InternalError</Code><Message>can&apos;t</Message></Error>");
        assert!(!odd.is_ok() && odd.may_help_to_try_again());
        assert_eq!(odd.said(), "200 InternalError (can't)");
    }

    /// A server that cuts its first answer off gives the second one whole.
    #[test]
    fn an_answer_that_is_cut_off_is_asked_for_again() {
        use std::io::{Read as _, Write as _};
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let serves = std::thread::spawn(move || {
            for body in ["<Key>a</K", "<Key>a</Key>"] {
                let (mut stream, _) = server.accept().unwrap();
                assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{body}").unwrap();
            }
        });
        let (key_id, secret_key) = ("key".to_owned(), "secret".to_owned());
        let credential = object_store::aws::AwsCredential { key_id, secret_key, token: None };
        let client = Client {
            http: ReqwestConnector::default().connect(&ClientOptions::new().with_allow_http(true)).unwrap(),
            credentials: Arc::new(StaticCredentialProvider::new(credential)),
            region: "us-east-1".into(),
            bucket_url: format!("http://{address}/bucket"),
            prefix: String::new(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(client.send(Request::new("GET", "").query("list-type", "2"))).unwrap();
        assert_eq!(answer.text("Key"), Some("a"));
        serves.join().unwrap();
    }

    #[test]
    fn elements_are_found_and_values_encoded() {
        assert_eq!(element("<Error><Code>NoSuchKey</Code></Error>", "Code"), Some("NoSuchKey"));
        assert_eq!(element("<Codes>1</Codes>", "Code"), None);
        assert_eq!(encode("a/b c+é~"), "a%2Fb%20c%2B%C3%A9~");
    }
}

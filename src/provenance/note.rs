//! Checkpoints as C2SP signed notes with Ed25519, and the key that signs them. The private key lives outside the store.

use std::{fs::File, io::Write, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{
    Signature, Signer as _, SigningKey, VerifyingKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use sha2::{Digest, Sha256};

use super::merkle::Hash;
use crate::{
    Error, ErrorKind, Result,
    error::{Context, Fold},
};

/// Ed25519 in the list of signature types of C2SP signed-note.
const ED25519: u8 = 1;

/// The head of the log at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed (C2SP tlog-checkpoint).
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads such a text, unsigned: for a head that was kept where only its keeper can write.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: size.parse().ok()?,
            root: STANDARD.decode(root).ok()?.try_into().ok()?,
        };
        // Only one spelling is valid, so that no byte can change unseen.
        (checkpoint.text() == text && !origin.is_empty()).then_some(checkpoint)
    }
}

/// What stands before the text of a seal: no checkpoint begins with it.
const SEALED: &str = "griffie-seal/1\n";

/// A key that checks signatures: name, four bytes of digest, public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

impl VerifierKey {
    /// The four bytes that stand before each signature.
    fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// Whether its name is made from it: so only the key with which a log was begun.
    pub fn named_itself(&self) -> bool {
        self.name == name_made_from(&self.key)
    }

    /// Whether it is the same key, whatever the log that it is named after.
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// Whether this key sealed a text.
    pub fn has_sealed(&self, text: &str, seal: &str) -> bool {
        let signature = STANDARD.decode(seal).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
        signature
            .is_some_and(|signature| self.key.verify_strict(format!("{SEALED}{text}").as_bytes(), &signature).is_ok())
    }

    /// The key's name: that of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its id in hexadecimal.
    pub fn id_hex(&self) -> String {
        hex::encode(self.id())
    }

    /// The key as text, to be printed, mailed or pinned.
    pub fn encode(&self) -> String {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.key.as_bytes());
        format!("{}+{}+{}", self.name, self.id_hex(), STANDARD.encode(key))
    }

    /// Reads a key from text.
    pub fn decode(text: &str) -> Result<Self> {
        let parse = || {
            let (name, rest) = text.split_once('+')?;
            let (_, key) = rest.split_once('+')?;
            let key = STANDARD.decode(key).ok()?;
            let key: [u8; 32] = key.strip_prefix(&[ED25519])?.try_into().ok()?;
            let key = Self { name: name.to_owned(), key: VerifyingKey::from_bytes(&key).ok()? };
            (key.encode() == text).then_some(key)
        };
        parse().ok_or_else(|| Error::new(ErrorKind::InvalidInput, format!("`{text}` is no verifier key")))
    }

    /// The text of a signed note, if this key signed it.
    pub fn open<'a>(&self, note: &'a str) -> Option<&'a str> {
        let (text, signatures) = note.rsplit_once("\n\n")?;
        let text = &note[..text.len() + 1];
        let prefix = format!("— {} ", self.name);
        let good = signatures.ends_with('\n')
            && signatures.lines().filter_map(|line| line.strip_prefix(prefix.as_str())).any(|signature| {
                let Ok(bytes) = STANDARD.decode(signature) else { return false };
                let Some((id, signature)) = bytes.split_first_chunk::<4>() else { return false };
                let signature = Signature::from_slice(signature);
                *id == self.id()
                    && signature.is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
            });
        good.then_some(text)
    }
}

/// Reads a signed checkpoint that one of the keys signed.
pub fn read_checkpoint(note: &[u8], keys: &[VerifierKey]) -> Result<Checkpoint> {
    let bad = |why: &'static str| Error::new(ErrorKind::FixityMismatch, why);
    let note = std::str::from_utf8(note).map_err(|_| bad("a checkpoint is no text"))?;
    let signed = keys.iter().find_map(|key| Some((key, key.open(note)?)));
    let (key, text) = signed.ok_or_else(|| bad("a checkpoint has no valid signature"))?;
    let checkpoint = Checkpoint::parse(text).ok_or_else(|| bad("a signed note is no checkpoint"))?;
    if checkpoint.origin != key.name || note != seal(text, &signature_line(note)) {
        return Err(bad("a checkpoint is not in its one valid form"));
    }
    Ok(checkpoint)
}

/// The id of the key that a note says it was signed with, in hexadecimal.
pub fn signer_id(note: &[u8]) -> Option<String> {
    let line = signature_line(std::str::from_utf8(note).ok()?);
    let signature = STANDARD.decode(line.rsplit(' ').next()?).ok()?;
    Some(hex::encode(signature.first_chunk::<4>()?))
}

fn signature_line(note: &str) -> String {
    note.lines().last().unwrap_or_default().to_owned()
}

fn seal(text: &str, signature: &str) -> String {
    format!("{text}\n{signature}\n")
}

/// The name of a log that is begun with a key.
fn name_made_from(key: &VerifyingKey) -> String {
    format!("griffie-log-{}", &hex::encode(Sha256::digest(key.as_bytes()))[..12])
}

/// The key that signs checkpoints.
#[derive(Clone)]
pub struct SignerKey {
    key: SigningKey,
    verifier: VerifierKey,
}

impl SignerKey {
    /// A key from its 32 secret bytes, named for a log that is begun with it.
    pub fn from_secret(secret: [u8; 32]) -> Self {
        let key = SigningKey::from_bytes(&secret);
        let verifier = VerifierKey { name: name_made_from(&key.verifying_key()), key: key.verifying_key() };
        Self { key, verifier }
    }

    /// The same key for the log of that name.
    pub fn for_log(mut self, name: &str) -> Self {
        self.verifier.name = name.to_owned();
        self
    }

    /// Reads the key in a file; `None` where there is no file.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let doing = || format!("failed to open the log's key `{}`", path.display());
        let pem = match crate::plain::read_to_string(path) {
            Ok(pem) => pem,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).fold(ErrorKind::Storage, doing),
        };
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|error| {
            Error::new(ErrorKind::Config, format!("it is no Ed25519 key in PKCS#8: {error}"))
                .hint("restore it from a back-up")
                .context(doing())
        })?;
        Ok(Some(Self::from_secret(key.to_bytes())))
    }

    /// Makes a key and writes it to a file that is not there yet, readable for this user only.
    pub fn make(path: &Path) -> Result<Self> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).expect("the operating system gives random bytes");
        let pem = SigningKey::from_bytes(&secret)
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|error| Error::new(ErrorKind::Internal, format!("a key has no PEM form: {error}")))?;
        write_secret(path, pem.as_bytes()).doing(|| format!("failed to make the log's key `{}`", path.display()))?;
        Ok(Self::from_secret(secret))
    }

    /// Seals a text that is no checkpoint: only this key's holder can.
    pub fn seal(&self, text: &str) -> String {
        STANDARD.encode(self.key.sign(format!("{SEALED}{text}").as_bytes()).to_bytes())
    }

    /// The key that checks its signatures.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// A signed checkpoint.
    pub fn sign(&self, size: u64, root: Hash) -> (Checkpoint, String) {
        let checkpoint = Checkpoint { origin: self.verifier.name.clone(), size, root };
        let text = checkpoint.text();
        let mut signature = self.verifier.id().to_vec();
        signature.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        let line = format!("— {} {}", self.verifier.name, STANDARD.encode(signature));
        (checkpoint, seal(&text, &line))
    }
}

/// Writes beside and publishes whole, so that no crash leaves half a key.
fn write_secret(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)?;
        File::open(folder)?.sync_all()
    };
    write().fold(ErrorKind::Storage, || "cannot write it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_of_a_signed_note_opens() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let note = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n\
                    \n\
                    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let key = VerifierKey::decode(key).unwrap();
        assert!(key.open(note).unwrap().ends_with("what your problem is.\n"));
        assert_eq!(key.open(&note.replace("cryptography", "Cryptography")), None);
    }

    #[test]
    fn a_checkpoint_opens_only_as_it_was_signed() {
        let signer = SignerKey::from_secret([7; 32]);
        let (checkpoint, note) = signer.sign(42, [9; 32]);
        let keys = [signer.verifier().clone()];
        assert_eq!(read_checkpoint(note.as_bytes(), &keys).unwrap(), checkpoint);
        for place in 0..note.len() {
            for flip in [1, 2, 32, 128] {
                let mut bytes = note.clone().into_bytes();
                bytes[place] ^= flip;
                assert!(read_checkpoint(&bytes, &keys).is_err(), "{place} {flip}");
            }
        }
        let other = SignerKey::from_secret([8; 32]);
        assert!(read_checkpoint(note.as_bytes(), &[other.verifier().clone()]).is_err());
        assert_eq!(VerifierKey::decode(&keys[0].encode()).unwrap(), keys[0]);
    }

    #[test]
    fn a_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.key");
        assert!(SignerKey::read(&path).unwrap().is_none());
        let first = SignerKey::make(&path).unwrap();
        assert_eq!(SignerKey::read(&path).unwrap().unwrap().verifier(), first.verifier());
        assert!(SignerKey::make(&path).is_err(), "no key is written over another");
        std::fs::write(folder.path().join("bad.key"), "no key").unwrap();
        assert_eq!(SignerKey::read(&folder.path().join("bad.key")).err().unwrap().kind(), ErrorKind::Config);
    }

    #[test]
    fn a_seal_is_of_its_text_and_key_and_no_checkpoint() {
        let (key, other) = (SignerKey::from_secret([7; 32]), SignerKey::from_secret([8; 32]));
        let seal = key.seal("an event");
        assert!(key.verifier().has_sealed("an event", &seal));
        assert!(key.clone().for_log("another name").verifier().has_sealed("an event", &seal));
        assert!(!key.verifier().has_sealed("another event", &seal));
        assert!(!other.verifier().has_sealed("an event", &seal) && !key.verifier().has_sealed("an event", ""));
        assert!(key.verifier().named_itself() && !key.clone().for_log("another name").verifier().named_itself());
    }
}

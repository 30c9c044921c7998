//! The Merkle tree of RFC 6962, section 2.1, over SHA-256: roots, inclusion and consistency proofs. Pure.

use sha2::{Digest, Sha256};

use crate::Result;

/// A node of the tree.
pub type Hash = [u8; 32];

/// The hash of an entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of two subtrees.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a tree without entries.
pub fn empty_root() -> Hash {
    Sha256::new().finalize().into()
}

/// The root over hashes of equal level, whose number is a power of two for any tile that is full.
pub fn root_of(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(split(more.len() as u64) as usize);
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

/// The largest power of two smaller than `n` (at least 2).
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// Gives the hash of the full subtree at `level` (0 are the entries) and `index` on that level.
pub trait Nodes {
    /// The hash.
    fn node(&self, level: u32, index: u64) -> Result<Hash>;
}

/// The root over the entries from `start` to `end`, of which `start` is a multiple of the largest full subtree.
pub fn range_root(nodes: &impl Nodes, start: u64, end: u64) -> Result<Hash> {
    let n = end - start;
    if n == 0 {
        return Ok(empty_root());
    }
    if n.is_power_of_two() {
        return nodes.node(n.ilog2(), start / n);
    }
    let k = split(n);
    Ok(node_hash(&range_root(nodes, start, start + k)?, &range_root(nodes, start + k, end)?))
}

/// RFC 6962, 2.1.1: the path that proves that the entry at `index` is in the tree of `size` entries.
pub fn inclusion_proof(nodes: &impl Nodes, index: u64, size: u64) -> Result<Vec<Hash>> {
    let (mut start, mut end, mut proof) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(range_root(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range_root(nodes, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// RFC 6962, 2.1.2: the path that proves that the tree of `old` entries is the beginning of that of `new`.
pub fn consistency_proof(nodes: &impl Nodes, old: u64, new: u64) -> Result<Vec<Hash>> {
    let (mut start, mut end, mut proof, mut whole) = (0, new, Vec::new(), true);
    if old == 0 || old == new {
        return Ok(proof);
    }
    loop {
        if old == end {
            if !whole {
                proof.push(range_root(nodes, start, end)?);
            }
            break;
        }
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(range_root(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range_root(nodes, start, middle)?);
            start = middle;
            whole = false;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Whether a path proves that `leaf` stands at `index` of the tree with this size and root (RFC 9162, 2.1.3.2).
pub fn inclusion_holds(leaf: &Hash, index: u64, size: u64, root: &Hash, proof: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for step in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(step, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether a path proves that one tree is the beginning of another (RFC 9162, 2.1.4.2).
pub fn consistency_holds(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old > new || old == 0 || old == new {
        let trivial = old == 0 && *old_root == empty_root() || old == new && old_root == new_root;
        return old <= new && proof.is_empty() && trivial;
    }
    let mut steps = proof.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { steps.next() };
    let Some(first) = first else { return false };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old_hash = node_hash(step, &old_hash);
            new_hash = node_hash(step, &new_hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Leaves(Vec<Hash>);

    impl Nodes for Leaves {
        fn node(&self, level: u32, index: u64) -> Result<Hash> {
            let width = 1_usize << level;
            Ok(root_of(&self.0[index as usize * width..][..width]))
        }
    }

    /// The entries and roots of the reference implementation of RFC 6962.
    const ENTRIES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn roots_are_the_published_ones() {
        let leaves: Vec<Hash> = ENTRIES.iter().map(|entry| leaf_hash(&hex::decode(entry).unwrap())).collect();
        for (i, want) in ROOTS.iter().enumerate() {
            assert_eq!(hex::encode(root_of(&leaves[..=i])), *want, "{}", i + 1);
        }
        assert_eq!(hex::encode(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn every_proof_of_every_small_tree_holds_and_no_altered_one_does() {
        let leaves = Leaves((0..40_u8).map(|i| leaf_hash(&[i])).collect());
        let root = |n: u64| root_of(&leaves.0[..n as usize]);
        for new in 1..=40 {
            for index in 0..new {
                let proof = inclusion_proof(&leaves, index, new).unwrap();
                let leaf = &leaves.0[index as usize];
                assert!(inclusion_holds(leaf, index, new, &root(new), &proof), "{index} {new}");
                assert!(!inclusion_holds(&[0; 32], index, new, &root(new), &proof));
                assert!(!inclusion_holds(leaf, index, new, &[0; 32], &proof));
                for i in 0..proof.len() {
                    let mut bad = proof.clone();
                    bad[i][0] ^= 1;
                    assert!(!inclusion_holds(leaf, index, new, &root(new), &bad));
                }
            }
            for old in 0..=new {
                let proof = consistency_proof(&leaves, old, new).unwrap();
                assert!(consistency_holds(old, &root(old), new, &root(new), &proof), "{old} {new}");
                assert!(!consistency_holds(old, &[7; 32], new, &root(new), &proof));
                if old > 0 {
                    assert!(!consistency_holds(old, &root(old), new, &[7; 32], &proof));
                }
            }
        }
    }
}

"""The heads of the log: signed only where the last one signed is their beginning."""

from privyseal.kernel import merkle, note, steps
from privyseal.kernel.steps import Step
from privyseal.signer import authority
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.requests import Checkpoint
from privyseal.signer.store import CheckpointOutOfStep, SignedCheckpoint, Store


class CheckpointRolledBack(SignerRefused):
    code = "checkpoint-rolled-back"


class CheckpointForked(SignerRefused):
    code = "checkpoint-forked"


def extend(store: Store, request: Checkpoint) -> tuple[SignedCheckpoint, bool]:
    """Return the signed head of a tree that extends the last one signed, and whether it is new; or refuse.

    (1) never back; (2) the same size means the same tree; (3) from the last one signed, not from another;
    (4) the proof shows that nothing was rewritten.
    """
    installation, last = store.founded(), store.checkpoint()
    # (1) never back
    if request.size < last.size:
        raise CheckpointRolledBack(size=request.size, signed_size=last.size)
    # (2) the same tree
    if request.size == last.size:
        if request.root != last.root:
            raise CheckpointForked(size=request.size)
        return last, False
    # (3) from the last one signed
    if request.old_size != last.size:
        raise CheckpointOutOfStep(size=request.size, signed_size=last.size)
    # (4) nothing rewritten; everything extends an empty tree
    if last.size:
        try:
            merkle.verify_consistency(last.size, last.root, request.size, request.root, request.proof)
        except merkle.ProofBroken as error:
            raise CheckpointForked(size=request.size) from error
    following = signed(installation.founding.origin, store.log_key(), request.size, request.root)
    steps.reached(Step.HEAD_CHECKED)
    store.follow(last, following)
    steps.reached(Step.HEAD_KEPT)
    return following, True


def signed(origin: str, log_key: bytes, size: int, root: bytes) -> SignedCheckpoint:
    text = note.Checkpoint(origin=origin, size=size, root=root).text
    return SignedCheckpoint(size=size, root=root, note=note.sign_note(text, origin, authority.log_key(log_key)))

package dev.provisioner.testkit.simulation;

/** What must hold in every world. */
enum Rule {
  STORE_KEEPS("the store gives back what was written last"),
  STORE_EXCLUDES("the store refuses a write over a revision that is not the latest"),
  FENCED("only the holder of the lease writes, and its token never falls"),
  LEASE_WAITED("a lease is taken over only when it has run out"),
  LEASE_KEPT("an engine that nothing befalls keeps its lease"),
  HOLDER_CALLS("only the holder of the lease begins a call"),
  NO_OVERLAP("two calls for one resource never run at the same time"),
  EXISTS_ONCE("each resource exists at most once"),
  RECORDED("whatever exists of ours is recorded"),
  OURS_ONLY("what is not ours is neither changed nor removed"),
  AGREES("when a run has ended, what is recorded as made is in the cloud as recorded"),
  AS_WANTED("when a run has succeeded, the tenant stands as it was described"),
  UNDONE("a run that was rolled back has left nothing"),
  ORDER("what depends on a resource is removed before it"),
  EXPLAINED("a run fails only for a reason that the world has given"),
  ENDS("every run ends when nothing goes wrong any more"),
  ACCEPTED("every request that was accepted becomes a run"),
  CLEAN("nothing of ours is left after a purge"),
  IDEMPOTENT("provisioning again what stands touches nothing"),
  EVENTS("events are told in order, after what they tell is recorded"),
  DELIVERED("each recorded event is taken by each durable listener, in order, without a gap"),
  INSIDE("nothing from the engine's inside surfaces"),
  MOVES("no world stands still"),
  HALTS("no operation of the engine goes on for ever");

  private final String sentence;

  Rule(String sentence) {
    this.sentence = sentence;
  }

  @Override
  public String toString() {
    return sentence;
  }
}

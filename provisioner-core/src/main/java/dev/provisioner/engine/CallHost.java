package dev.provisioner.engine;

import dev.provisioner.internal.machine.Input;
import java.util.concurrent.CompletableFuture;

/** Whoever began a call. */
interface CallHost {

  /** Is told the answer of a call; answers after the first are ignored. */
  void callOver(Call call, Input.Answered answer);

  /**
   * Returns whether a call may begin now. If not, the host begins it again when it may, or drops it
   * when its engine has lost the run.
   */
  boolean mayBegin(Call call);

  /** Records what a call asks to remember; the future completes when that is durable. */
  CompletableFuture<Void> submitAndRecord(Input.Remembered remembered);
}

package dev.provisioner.engine;

import dev.provisioner.internal.machine.Input;
import java.util.concurrent.CompletableFuture;

/** Whoever began a call. */
interface CallHost {

  /** Is told the answer of a call; answers after the first are ignored. */
  void callOver(Call call, Input.Answered answer);

  /** Records what a call asks to remember; the future completes when that is durable. */
  CompletableFuture<Void> submitAndRecord(Input.Remembered remembered);
}

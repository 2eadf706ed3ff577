package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.engine.DriftReport.Finding;
import dev.provisioner.engine.DriftReport.StepDrift;
import dev.provisioner.error.ErrorContext;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.machine.Answer;
import dev.provisioner.internal.machine.Effect;
import dev.provisioner.internal.machine.Input;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Asks the backends about everything that is recorded of a tenant. */
final class Drifts {
  private final Core core;
  private final Document document;

  Drifts(Core core, Document document) {
    this.core = core;
    this.document = document;
  }

  DriftReport report() throws InterruptedException {
    Map<String, CompletableFuture<Answer>> asked = new LinkedHashMap<>();
    document
        .steps()
        .forEach(
            (name, record) -> {
              Resource current = record.current();
              if (current != null && current.status() == Resource.Status.MADE) {
                asked.put(name, ask(name, current));
              }
            });
    List<StepDrift> steps = new ArrayList<>();
    for (Map.Entry<String, CompletableFuture<Answer>> question : asked.entrySet()) {
      steps.add(judge(question.getKey(), answer(question.getValue())));
    }
    return new DriftReport(steps);
  }

  private CompletableFuture<Answer> ask(String name, Resource current) {
    CompletableFuture<Answer> answered = new CompletableFuture<>();
    CallHost host =
        new CallHost() {
          @Override
          public void callOver(Call call, Input.Answered answer) {
            answered.complete(answer.answer());
          }

          @Override
          public boolean mayBegin(Call call) {
            return true; // it changes nothing
          }

          @Override
          public CompletableFuture<Void> submitAndRecord(Input.Remembered remembered) {
            return CompletableFuture.failedFuture(
                new IllegalStateException("A drift check records nothing."));
          }
        };
    core.calls.begin(
        host,
        document,
        null,
        new Effect.Call("DRIFT:" + name, name, Effect.Verb.INSPECT, current, 1, null, null));
    return answered;
  }

  /** Every call ends, at the latest when it is given up; but a closed engine begins none. */
  private Answer answer(CompletableFuture<Answer> answered) throws InterruptedException {
    try {
      CompletableFuture.anyOf(answered, core.closed()).get();
      if (!answered.isDone()) {
        throw new ProvisioningException(
            "The engine was closed before every backend had answered.",
            ErrorContext.of(document.tenant(), document.plan()),
            null);
      }
      return answered.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("A call always has an answer.", e);
    }
  }

  private StepDrift judge(String name, Answer answer) {
    if (answer instanceof Answer.Ours ours) {
      return sameOutput(name, ours.output())
          ? new StepDrift(name, Finding.IN_SYNC, List.of())
          : new StepDrift(name, Finding.CHANGED, List.of("its output is not the recorded one"));
    } else if (answer instanceof Answer.Incomplete incomplete) {
      return new StepDrift(name, Finding.CHANGED, incomplete.differences());
    } else if (answer instanceof Answer.Absent) {
      return new StepDrift(name, Finding.MISSING, List.of());
    } else if (answer instanceof Answer.NotOurs notOurs) {
      return new StepDrift(name, Finding.NOT_OURS, List.of(notOurs.description()));
    } else if (answer instanceof Answer.InDoubt doubt) {
      return new StepDrift(name, Finding.UNKNOWN, List.of(doubt.reason()));
    } else if (answer instanceof Answer.Busy busy) {
      return new StepDrift(name, Finding.UNKNOWN, List.of("waits for " + busy.waitingFor()));
    } else if (answer instanceof Answer.Threw threw) {
      return new StepDrift(name, Finding.UNKNOWN, List.of(threw.message()));
    }
    return new StepDrift(name, Finding.UNKNOWN, List.of());
  }

  private boolean sameOutput(String name, JsonNode found) {
    StepRecord record = document.step(name);
    Resource current = record == null ? null : record.current();
    JsonNode recorded = current == null ? null : current.output();
    if (record == null || recorded == null) {
      return false;
    }
    String place = Places.of(document).output(record.origin());
    return core.codec.fingerprint(found, place).equals(core.codec.fingerprint(recorded, place));
  }
}

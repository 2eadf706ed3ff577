package dev.provisioner.engine;

import dev.provisioner.engine.Preview.Change;
import dev.provisioner.engine.Preview.StepPreview;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.machine.Ensuring;
import dev.provisioner.internal.machine.Wanted;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Works out what a provision run would do. */
final class Previews {
  private final Calls calls;
  private final Document document;
  private final Binding<?> binding;
  private final Map<String, String> recordedNames = new HashMap<>();
  private final Map<String, Change> changes = new HashMap<>();
  private final Document renamed;

  Previews(Calls calls, Document document, Binding<?> binding) {
    this.calls = calls;
    this.document = document;
    this.binding = binding;
    this.renamed = renamed();
  }

  Preview preview() {
    List<StepPreview> steps = new ArrayList<>();
    for (String name : binding.names()) {
      StepPreview step = preview(name);
      changes.put(name, step.change());
      steps.add(step);
    }
    Set<String> planned = new HashSet<>(binding.names());
    renamed
        .steps()
        .forEach(
            (name, record) -> {
              if (!planned.contains(name) && !record.empty()) {
                steps.add(leaving(name, record));
              }
            });
    return new Preview(steps);
  }

  private StepPreview leaving(String name, StepRecord record) {
    return switch (record.policy().onDeprovision()) {
      case DELETE -> new StepPreview(name, Change.REMOVE, true, "left the plan");
      case RETAIN ->
          new StepPreview(
              name, Change.RETAIN, true, "left the plan; kept until the tenant is purged");
      case KEEP -> new StepPreview(name, Change.RETAIN, true, "left the plan; kept");
    };
  }

  private StepPreview preview(String name) {
    StepRecord record = renamed.step(name);
    Resource current = record == null ? null : record.current();
    boolean exists = current != null && current.status() == Resource.Status.MADE;
    String skipped;
    try {
      skipped = binding.skipped(name).orElse(null);
    } catch (RuntimeException e) {
      return refused(name, exists);
    }
    if (skipped != null) {
      boolean removes = record != null && !record.empty() && policy(name) == OnDeprovision.DELETE;
      return new StepPreview(name, removes ? Change.REMOVE : Change.SKIPPED, exists, skipped);
    }
    String unknown = unknownRead(name);
    if (unknown != null) {
      return new StepPreview(name, Change.KNOWN_AFTER, exists, "after " + unknown);
    }
    Wanted wanted = binding.evaluate(renamed, name);
    if (wanted instanceof Wanted.Spec spec) {
      return compare(name, record, current, spec, exists);
    }
    return refused(name, exists);
  }

  /** What cannot be computed: the condition or the spec function throws. */
  private StepPreview refused(String name, boolean exists) {
    String why = binding.evaluate(renamed, name) instanceof Wanted.Broken b ? b.error() : null;
    return new StepPreview(name, Change.REFUSED, exists, why);
  }

  private @Nullable String unknownRead(String name) {
    return binding.step(name).stream()
        .flatMap(step -> step.reads().stream())
        .map(Step::name)
        .filter(
            read -> {
              Change change = changes.get(read);
              return change != Change.UNCHANGED;
            })
        .findFirst()
        .orElse(null);
  }

  private StepPreview compare(
      String name,
      @Nullable StepRecord record,
      @Nullable Resource current,
      Wanted.Spec wanted,
      boolean exists) {
    if (record != null && Ensuring.replaced(record, wanted) != null) {
      return new StepPreview(name, Change.UPDATE, exists, "what was to be replaced is restored");
    }
    if (record == null || current == null || current.status() == Resource.Status.INTENDED) {
      return new StepPreview(name, Change.CREATE, exists, null);
    }
    if (!current.provisioner().equals(wanted.provisioner())) {
      return new StepPreview(name, Change.REPLACE, exists, "another provisioner makes it");
    }
    boolean same = current.fingerprint().equals(wanted.fingerprint());
    if (same && current.status() == Resource.Status.MADE && current.wanted() == null) {
      return new StepPreview(name, Change.UNCHANGED, exists, null);
    }
    if (same && current.wanted() == null) {
      return new StepPreview(name, Change.UPDATE, exists, "it is incomplete");
    }
    return judged(name, exists, calls.change(renamed, name, current, wanted.json()));
  }

  /** What the plan says now, which a run would record first. */
  private OnDeprovision policy(String name) {
    return binding
        .step(name)
        .map(step -> step.onDeprovision())
        .orElseThrow(() -> new IllegalStateException("no step " + name));
  }

  private StepPreview judged(String name, boolean exists, dev.provisioner.spi.Change change) {
    if (change instanceof dev.provisioner.spi.Change.Update) {
      return new StepPreview(name, Change.UPDATE, exists, null);
    } else if (change instanceof dev.provisioner.spi.Change.Replace replace) {
      return new StepPreview(name, Change.REPLACE, exists, replace.reason());
    } else if (change instanceof dev.provisioner.spi.Change.RemoveThenCreate replace
        && policy(name) != OnDeprovision.DELETE) {
      String why = "must be removed first, but is " + policy(name) + ": " + replace.reason();
      return new StepPreview(name, Change.REFUSED, exists, why);
    } else if (change instanceof dev.provisioner.spi.Change.RemoveThenCreate replace) {
      return new StepPreview(name, Change.REPLACE, exists, "removed first: " + replace.reason());
    }
    return new StepPreview(
        name, Change.REFUSED, exists, ((dev.provisioner.spi.Change.Refused) change).reason());
  }

  /** The document as the plan's renamed steps would find it. */
  private Document renamed() {
    for (String name : binding.names()) {
      binding
          .step(name)
          .ifPresent(
              step ->
                  step.formerly().stream()
                      .filter(former -> document.step(former) != null)
                      .filter(former -> document.step(name) == null)
                      .findFirst()
                      .ifPresent(former -> recordedNames.put(former, name)));
    }
    if (recordedNames.isEmpty()) {
      return document;
    }
    Map<String, StepRecord> steps = new LinkedHashMap<>();
    document
        .steps()
        .forEach((name, record) -> steps.put(recordedNames.getOrDefault(name, name), record));
    return document.steps(steps);
  }
}

package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.DocumentFormat;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals what is recorded with the cipher's current key, one document and one write at a time, and
 * tells which keys are in use.
 *
 * <p>A document with a lease is left: its holder would write over what another sealed. One without
 * is written like a signal, without the lease: of this write and one that takes the lease
 * meanwhile, the second fails, and its writer reads again.
 */
final class Resealing {
  private static final Logger log = LoggerFactory.getLogger(Resealing.class);
  private static final int PAGE = 256;

  private final Core core;

  Resealing(Core core) {
    this.core = core;
  }

  /**
   * Counts what is sealed, wherever it stands in a document, also where this release knows none.
   */
  Map<String, Integer> keysInUse() {
    Map<String, Integer> documents = new TreeMap<>();
    forEach(key -> keyIds(key).forEach(id -> documents.merge(id, 1, Integer::sum)));
    return documents;
  }

  private Set<String> keyIds(DocumentKey key) {
    Optional<StateStore.Versioned> stored = core.store.read(key);
    if (stored.isEmpty()) {
      return Set.of();
    }
    byte[] content = stored.get().document().content();
    DocumentFormat.read(content, key.toString());
    try {
      return core.codec.keyIds(core.codec.parse(content));
    } catch (SecretException e) {
      throw places(key).inContext(e);
    }
  }

  /** Seals all anew that can be; what cannot is told by one exception at the end. */
  Map<String, Integer> reseal() {
    Failures failures = new Failures();
    forEach(
        key -> {
          try {
            reseal(key);
          } catch (ProvisioningException e) {
            log.error("What is recorded of {} could not be sealed anew; it is left.", key, e);
            failures.add(e);
          }
        });
    failures.throwIfAny();
    return keysInUse();
  }

  /** Returns the ids of the keys that sealed an input. */
  Set<String> keyIds(SealedInput input) {
    try {
      return core.codec.keyIds(core.codec.parse(input.json()));
    } catch (SecretException e) {
      throw places(input).inContext(e);
    }
  }

  /** Seals an input anew. */
  SealedInput reseal(SealedInput input) {
    try {
      JsonNode sealed = core.codec.rewrap(core.codec.parse(input.json()), places(input).input());
      return SealedInput.of(
          input.plan(),
          input.planVersion(),
          input.tenant(),
          input.fingerprint(),
          core.codec.bytes(sealed));
    } catch (SecretException e) {
      throw places(input).inContext(e);
    }
  }

  private Places places(SealedInput input) {
    return new Places(core.settings.installation(), input.plan(), input.tenant().value());
  }

  private void reseal(DocumentKey key) {
    while (true) {
      Optional<Ledger.Entry> entry = core.ledger.read(key);
      if (entry.isEmpty() || entry.get().document().lease() != null) {
        return;
      }
      Document document = entry.get().document();
      ObjectNode tree = (ObjectNode) core.codec.parse(DocumentFormat.write(document));
      if (core.codec.isCurrent(tree)) {
        return;
      }
      try {
        if (!new Sealed(core.codec, places(key)).reseal(tree)) {
          return;
        }
      } catch (SecretException e) {
        throw places(key).inContext(e);
      }
      Document sealed = DocumentFormat.read(core.codec.bytes(tree), key.toString());
      Document next = sealed.written(null, document.token(), Ledger.newWriteId());
      if (core.ledger.write(key, entry.get(), next).isPresent()) {
        return;
      }
    }
  }

  private static Places places(DocumentKey key) {
    return new Places(key.installation(), key.plan(), key.tenant().value());
  }

  private void forEach(Consumer<DocumentKey> action) {
    StateStore.Query all = StateStore.Query.all(core.settings.installation());
    String cursor = null;
    do {
      StateStore.Page page = core.store.list(all, cursor, PAGE);
      for (StateStore.Listed listed : page.documents()) {
        core.requireOpen();
        action.accept(listed.key());
      }
      cursor = page.next();
    } while (cursor != null);
  }

  /** What went wrong: the first in full, how many in all. */
  private static final class Failures {
    private @Nullable ProvisioningException first;
    private int count;

    void add(ProvisioningException e) {
      first = first == null ? e : first;
      count++;
    }

    void throwIfAny() {
      if (first != null) {
        throw new SecretException(
            count
                + " tenant(s) could not be sealed anew and are left as they were; the others are"
                + " done. The first: "
                + first.getMessage(),
            first);
      }
    }
  }
}

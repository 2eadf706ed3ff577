package dev.provisioner.proofs.fuzz;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.DocumentFormat;
import dev.provisioner.internal.machine.Timers;
import java.util.List;

/** Stored documents: read whole, or refused as damaged or of an unknown version. */
final class DocumentTarget implements Target {
  @Override
  public List<byte[]> seeds() {
    return RealDocuments.all();
  }

  @Override
  public void read(byte[] input) {
    Document document;
    try {
      document = DocumentFormat.read(input, "shop/plan/acme");
    } catch (StateStoreException e) {
      return;
    }
    byte[] written = DocumentFormat.write(document);
    Document again = DocumentFormat.read(written, "shop/plan/acme");
    Target.require(again.equals(document), "a document is the same when it is written and read");
    // What a sweep asks of every document; a document that was accepted must not fail it.
    Timers.next(document, false);
    document.underWay();
    document.steps().values().forEach(step -> step.resource("nonce"));
  }
}

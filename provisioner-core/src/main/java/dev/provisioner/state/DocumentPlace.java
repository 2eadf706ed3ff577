package dev.provisioner.state;

import dev.provisioner.internal.Names;
import java.nio.file.Path;

/**
 * Where a document lies below the store's directory, each part being a file name:
 *
 * <pre>
 * installations/shop-eu/plans/onboarding/tenants/k/acme/state
 * </pre>
 *
 * <p>Tenants are spread over 32 directories by hash, so that a page of a listing reads the names of
 * one or two of them and not of all tenants.
 */
record DocumentPlace(String installation, String plan, String tenant) {
  private static final String FILE = "state";

  static DocumentPlace of(DocumentKey key) {
    return new DocumentPlace(
        FileNames.of(key.installation()),
        FileNames.of(key.plan()),
        FileNames.of(key.tenant().value()));
  }

  /** Returns one of so many locks, the same in every process: a record's hash code need not be. */
  int stripe(int stripes) {
    return Math.floorMod((installation + "/" + plan + "/" + tenant).hashCode(), stripes);
  }

  static Path installation(Path root, String installation) {
    return root.resolve("installations").resolve(installation);
  }

  static Path plans(Path root, String installation) {
    return installation(root, installation).resolve("plans");
  }

  static Path tenants(Path root, String installation, String plan) {
    return plans(root, installation).resolve(plan).resolve("tenants");
  }

  /** Returns the directory of this and some other tenants. */
  Path shard(Path root) {
    return tenants(root, installation, plan).resolve(Names.hash(tenant).substring(0, 1));
  }

  /** Returns this tenant's own directory. */
  Path directory(Path root) {
    return shard(root).resolve(tenant);
  }

  Path file(Path root) {
    return directory(root).resolve(FILE);
  }

  /** Returns where the next document is prepared; only the holder of the lock writes there. */
  Path prepared(Path root) {
    return directory(root).resolve(FILE + ".tmp");
  }
}

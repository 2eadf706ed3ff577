package dev.provisioner.testkit;

/**
 * What every {@link dev.provisioner.state.StateStore} must do. A store's test implements this and
 * says how to open the store:
 *
 * <pre>{@code
 * final class FileStateStoreTest implements StateStoreContract {
 *   @TempDir Path directory;
 *
 *   public StateStore open() {
 *     return FileStateStore.open(directory);
 *   }
 * }
 * }</pre>
 *
 * <p>{@code open()} is called several times in some tests and must then open the same data. The
 * store need not be empty: every test uses an installation of its own. A store that is not durable
 * overrides {@code sharesData()} to return false, and the tests that need a second instance are
 * skipped. Tests close what they open.
 */
public interface StateStoreContract
    extends WriteContract, RaceContract, DueContract, ListContract, AnnounceContract {}

package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ForwardingStateStoreTest {
  private static final Map<Class<?>, Object> ARGUMENTS =
      Map.of(
          DocumentKey.class,
          new DocumentKey("shop", "plan", TenantId.of("acme")),
          StateDocument.class,
          new StateDocument(
              new byte[0],
              new Summary(
                  Summary.Lifecycle.ACTIVE, Summary.RunStatus.RUNNING, 1, null, Instant.EPOCH)),
          StateStore.Query.class,
          StateStore.Query.all("shop"),
          String.class,
          "text",
          Instant.class,
          Instant.EPOCH,
          int.class,
          7);
  private static final Map<Class<?>, Object> ANSWERS =
      Map.of(
          Optional.class,
          Optional.of("answer"),
          List.class,
          List.of("answer"),
          StateStore.Page.class,
          new StateStore.Page(List.of(), "next"),
          AutoCloseable.class,
          (AutoCloseable) () -> {},
          boolean.class,
          true);

  private record Call(Method method, List<Object> arguments) {}

  private final List<Call> calls = new ArrayList<>();
  private final StateStore behind =
      (StateStore)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {StateStore.class},
              (proxy, method, arguments) -> {
                calls.add(new Call(method, arguments == null ? List.of() : List.of(arguments)));
                return ANSWERS.get(method.getReturnType());
              });

  /** Those that are added later, too. */
  static Stream<Method> methods() {
    return Arrays.stream(StateStore.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyCallAndItsAnswerArePassedOn(Method method) throws ReflectiveOperationException {
    List<Object> arguments =
        Arrays.stream(method.getParameterTypes()).map(type -> known(ARGUMENTS, type)).toList();
    Object answer = method.invoke(new ForwardingStateStore(behind) {}, arguments.toArray());
    assertThat(calls).containsExactly(new Call(method, arguments));
    assertThat(answer)
        .isEqualTo(
            method.getReturnType() == void.class ? null : known(ANSWERS, method.getReturnType()));
  }

  private static Object known(Map<Class<?>, Object> values, Class<?> type) {
    return Objects.requireNonNull(values.get(type), () -> "This test needs a value of " + type);
  }
}

package dev.provisioner.testkit;

import dev.provisioner.testkit.Fault.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A script of what goes wrong in a {@link FakeCloud}: which call, when, and how.
 *
 * <pre>{@code
 * cloud.faults().onCall(3).failAfter(CloudFailure.AMBIGUOUS);
 * cloud.faults().on(CloudOperation.CREATE, "acme").nth(2).failBefore(CloudFailure.TRANSIENT);
 * Hold hold = cloud.faults().on(CloudOperation.DELETE).block();
 * }</pre>
 *
 * <p>Thread-safe; rules can be added and cleared while calls are made. If several rules apply to a
 * call, the one that was added first befalls it; all of them count it.
 */
public final class Faults {
  private final List<Rule> rules = new ArrayList<>();
  private final Function<CloudCall, Fault> otherwise;

  private Faults(Function<CloudCall, Fault> otherwise) {
    this.otherwise = otherwise;
  }

  /** Returns an empty script: nothing goes wrong until a rule is added. */
  public static Faults none() {
    return new Faults(call -> Fault.NONE);
  }

  /**
   * Returns a script in which each call fails with this probability: throttled before it has an
   * effect, or with a broken connection before, during or after it. What befalls a call depends
   * only on the seed, the operation, the name and how often this was called before, not on how
   * threads interleave.
   *
   * @param seed print it when a test fails, and use it again
   * @param probability 0 to 1
   */
  public static Faults random(long seed, double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("A probability is from 0 to 1, not " + probability + ".");
    }
    return new Faults(call -> roll(seed, probability, call));
  }

  private static Fault roll(long seed, double probability, CloudCall call) {
    SplittableRandom random =
        new SplittableRandom(
            31 * seed + Objects.hash(call.operation().name(), call.name(), call.occurrence()));
    if (random.nextDouble() >= probability) {
      return Fault.NONE;
    }
    if (random.nextInt(4) == 0) {
      return new Fault(Moment.BEFORE, CloudFailure.TRANSIENT::raise);
    }
    Moment[] moments = Moment.values();
    return new Fault(moments[random.nextInt(moments.length)], CloudFailure.AMBIGUOUS::raise);
  }

  /** Begins a rule for the call with this number, counted over all calls to the cloud from 1. */
  public Rule onCall(long number) {
    return when(call -> call.number() == number);
  }

  /** Begins a rule for calls of this operation. */
  public Rule on(CloudOperation operation) {
    return when(call -> call.operation() == operation);
  }

  /** Begins a rule for calls of this operation for this name. */
  public Rule on(CloudOperation operation, String name) {
    return when(call -> call.operation() == operation && call.name().equals(name));
  }

  /** Begins a rule for the calls that a predicate matches; it must be quick and pure. */
  public Rule when(Predicate<? super CloudCall> predicate) {
    return new Rule(predicate);
  }

  /** Lets the process die before the call with this number, and at every later call. */
  public void crashBefore(long number) {
    crash(number, Moment.BEFORE);
  }

  /** Lets the process die in the midst of the call with this number, and at every later call. */
  public void crashDuring(long number) {
    crash(number, Moment.DURING);
  }

  /** Lets the process die after the call with this number, and at every later call. */
  public void crashAfter(long number) {
    crash(number, Moment.AFTER);
  }

  private void crash(long number, Moment moment) {
    onCall(number).add(new Fault(moment, CloudFailure.CRASH::raise));
    when(call -> call.number() > number).everyTime().failBefore(CloudFailure.CRASH);
  }

  /** Forgets all rules, as after a restart. Calls that are held stay held. */
  public void clear() {
    synchronized (rules) {
      rules.clear();
    }
  }

  Fault match(CloudCall call) {
    synchronized (rules) {
      Fault first = null;
      for (Rule rule : rules) {
        if (rule.applies(call) && first == null) {
          first = rule.fault;
        }
      }
      return first != null ? first : otherwise.apply(call);
    }
  }

  /** A rule that is not in force until its last method says what happens. */
  public final class Rule {
    private final Predicate<? super CloudCall> predicate;
    private int nth = 1;
    private boolean everyTime;
    private int matches;
    private Fault fault = Fault.NONE;

    private Rule(Predicate<? super CloudCall> predicate) {
      this.predicate = Objects.requireNonNull(predicate, "predicate");
    }

    /**
     * Waits for the n-th call that matches, counted from when the rule came into force.
     *
     * @param n 1 (the default) or more
     */
    public Rule nth(int n) {
      if (n < 1) {
        throw new IllegalArgumentException("Matching calls are counted from 1, not " + n + ".");
      }
      nth = n;
      return this;
    }

    /** Applies to all later matching calls too. By default a rule applies once. */
    public Rule everyTime() {
      everyTime = true;
      return this;
    }

    /** Lets the call fail without an effect. */
    public void failBefore(CloudFailure failure) {
      add(new Fault(Moment.BEFORE, failure::raise));
    }

    /**
     * Lets the call fail half done: a resource is created with its marker but only some of its
     * attributes, or only some attributes are updated. Other operations fail without an effect.
     */
    public void failDuring(CloudFailure failure) {
      add(new Fault(Moment.DURING, failure::raise));
    }

    /** Lets the call take effect, and loses the response. */
    public void failAfter(CloudFailure failure) {
      add(new Fault(Moment.AFTER, failure::raise));
    }

    /** Holds the call before it takes effect, as a request that is slow on the wire. */
    public Hold block() {
      return hold(Moment.BEFORE);
    }

    /** Holds the call after it took effect, as a response that is slow on the wire. */
    public Hold blockAfter() {
      return hold(Moment.AFTER);
    }

    private Hold hold(Moment moment) {
      Hold hold = new Hold();
      add(new Fault(moment, call -> hold.block()));
      return hold;
    }

    /** Lets the call take effect, and its response arrive only after this time. */
    public void delay(Duration time) {
      add(new Fault(Moment.AFTER, call -> Thread.sleep(time.toMillis())));
    }

    private void add(Fault newFault) {
      synchronized (rules) {
        fault = newFault;
        rules.add(this);
      }
    }

    private boolean applies(CloudCall call) {
      if (!predicate.test(call)) {
        return false;
      }
      matches++;
      return everyTime ? matches >= nth : matches == nth;
    }
  }
}

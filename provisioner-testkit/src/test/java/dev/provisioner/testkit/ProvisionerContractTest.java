package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.testkit.Mutants.Deaf;
import dev.provisioner.testkit.Mutants.FindsAnything;
import dev.provisioner.testkit.Mutants.GivesUpOnTakenNames;
import dev.provisioner.testkit.Mutants.MakesAnother;
import dev.provisioner.testkit.Mutants.MixesTenants;
import dev.provisioner.testkit.Mutants.NeverReusesNames;
import dev.provisioner.testkit.Mutants.PollsOnce;
import dev.provisioner.testkit.Mutants.RemovesNothing;
import dev.provisioner.testkit.Mutants.RemovesOnce;
import dev.provisioner.testkit.Mutants.UpdatesNothing;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Proves that the contract notices a provisioner that is wrong. */
class ProvisionerContractTest {

  private static Set<String> failures(UnaryOperator<FakeResourcesBuilder> options)
      throws ReflectiveOperationException {
    return failures(new FakeResourcesContract(new FakeCloud(), options));
  }

  private static Set<String> failures(ProvisionerContract<?, ?> contract)
      throws ReflectiveOperationException {
    Set<String> failures = new TreeSet<>();
    for (Method method : ProvisionerContract.class.getMethods()) {
      if (method.isAnnotationPresent(Test.class)) {
        try {
          method.invoke(contract);
        } catch (InvocationTargetException e) {
          if (!(e.getCause() instanceof TestAbortedException)) {
            failures.add(method.getName());
          }
        }
      }
    }
    return failures;
  }

  @Test
  void aRightProvisionerPasses() throws Exception {
    assertThat(failures(builder -> builder)).isEmpty();
  }

  @Test
  void aProvisionerThatIgnoresMarkersFails() throws Exception {
    assertThat(failures(FakeResourcesBuilder::ignoresMarkers))
        .containsExactly(
            "aPlantedResourceOfSomebodyElseIsForeignAndStays",
            "aResourceWithoutAMarkerIsUnmarkedAndStays",
            "anotherCreationOfTheSameStepIsForeign",
            "whatAnotherTenantMadeIsForeign",
            "whatAnotherTenantMadeIsNeverAdopted",
            "whatAnotherTenantMadeIsNeverRemoved");
  }

  @Test
  void aProvisionerThatNeverFindsFails() throws Exception {
    assertThat(failures(FakeResourcesBuilder::neverFinds))
        .contains(
            "whatWasMadeIsFoundWithTheSameOutput",
            "provisioningTwiceMakesOneResource",
            "whatAnotherTenantMadeIsForeign",
            "twoTenantsAtOnceDoNotMix");
  }

  @Test
  void aProvisionerThatDoesNotRemoveFails() throws Exception {
    assertThat(failures(new RemovesNothing().contract()))
        .contains("whatWasRemovedIsAbsent", "removingTwiceIsRemoval");
  }

  @Test
  void aProvisionerThatDoesNotUpdateFails() throws Exception {
    assertThat(failures(new UpdatesNothing().contract()))
        .containsExactly("anUpdateIsVisibleAndConverges");
  }

  @Test
  void aProvisionerThatMixesTenantsFails() throws Exception {
    assertThat(failures(new MixesTenants().contract())).contains("twoTenantsAtOnceDoNotMix");
  }

  @Test
  void aProvisionerThatGivesUpOnANameThatIsTakenFails() throws Exception {
    assertThat(failures(new GivesUpOnTakenNames().contract()))
        .containsExactly("provisioningTwiceMakesOneResource");
  }

  @Test
  void aProvisionerThatMakesAnotherResourceEachTimeFails() throws Exception {
    assertThat(failures(new MakesAnother().contract()))
        .contains("provisioningTwiceMakesOneResource");
  }

  @Test
  void aProvisionerThatForgetsItsHandleFails() throws Exception {
    assertThat(failures(new PollsOnce().contract()))
        .contains("pendingWorkSurvivesACrash", "workWhosePendingAnswerWasLostCanBeBegunAgain");
  }

  @Test
  void aProvisionerThatDoesNotHearACancellationFails() throws Exception {
    assertThat(failures(new Deaf().contract())).containsExactly("aCancelledCallEndsPromptly");
  }

  @Test
  void aProvisionerThatCannotRemoveWhatIsGoneFails() throws Exception {
    assertThat(failures(new RemovesOnce().contract())).containsExactly("removingTwiceIsRemoval");
  }

  @Test
  void aProvisionerThatNeverReusesANameFails() throws Exception {
    assertThat(failures(new NeverReusesNames().contract()))
        .contains("whatWasRemovedCanBeMadeAgain");
  }

  @Test
  void aProvisionerThatFindsWhatIsNotThereFails() throws Exception {
    assertThat(failures(new FindsAnything().contract())).contains("whatWasNeverMadeIsAbsent");
  }

  @Test
  void everyTestOfTheContractFailsForSomeMutant() throws Exception {
    Set<String> all = new TreeSet<>();
    for (Method method : ProvisionerContract.class.getMethods()) {
      if (method.isAnnotationPresent(Test.class)) {
        all.add(method.getName());
      }
    }
    Set<String> failures = failures(FakeResourcesBuilder::ignoresMarkers);
    failures.addAll(failures(FakeResourcesBuilder::neverFinds));
    for (FakeResourcesContract mutant : Mutants.all()) {
      failures.addAll(failures(mutant));
    }
    assertThat(failures).isEqualTo(all);
  }
}

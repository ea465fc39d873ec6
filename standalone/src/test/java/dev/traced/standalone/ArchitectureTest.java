package dev.traced.standalone;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.Test;

/** The arrows between our packages, and who may know what. */
class ArchitectureTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.traced");

    @Test
    void theModelKnowsNoKafkaNoHttpNoJson() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.traced.model")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "io.javalin..", "com.fasterxml..", "com.google.protobuf.."));
    }

    @Test
    void servicesDoNotKnowEachOther() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.traced.ingest..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.traced.assembler..", "dev.traced.query..", "dev.traced.standalone.."));
        check(noClasses()
                .that()
                .resideInAPackage("dev.traced.assembler..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.traced.ingest..", "dev.traced.query..", "dev.traced.standalone.."));
        check(noClasses()
                .that()
                .resideInAPackage("dev.traced.query..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.traced.ingest..", "dev.traced.assembler..", "dev.traced.standalone.."));
    }

    /** A program that is traced takes the tracer as a library, and nothing of the backend but values. */
    @Test
    void theTracerKnowsNothingOfTheBackendButTheModel() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.traced.tracer..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.traced..")
                        .and(not(resideInAnyPackage("dev.traced.tracer..", "dev.traced.model")))));
    }

    @Test
    void packagesDoNotNeedEachOtherMutually() {
        check(slices().matching("dev.traced.(**)").should().beFreeOfCycles());
    }

    @Test
    void onlyTheLifecycleAndTheReaderTouchKafkaStreams() {
        check(noClasses()
                .that()
                .doNotHaveSimpleName("StreamAssembler")
                .and()
                .doNotHaveSimpleName("LocalPartitionReader")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(KafkaStreams.class));
    }

    @Test
    void theWallClockIsReadInOnePlaceOnly() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("dev.traced.testing..")
                .and()
                .doNotHaveSimpleName("WallClock")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis"));
    }

    private static void check(ArchRule rule) {
        rule.check(OURS);
    }
}

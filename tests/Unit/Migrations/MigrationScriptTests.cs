using Switchboard.Migrations;

namespace Switchboard.Tests.Unit.Migrations;

public sealed class MigrationScriptTests
{
    [Fact]
    public void Scripts_are_applied_in_the_order_of_their_numbers_not_of_their_names()
    {
        var ordered = MigrationScript.InOrder([MigrationScript.Parse("0010_b.sql", ""), MigrationScript.Parse("0009_z.sql", "")]);

        ordered.Select(script => script.Number).ShouldBe([9, 10]);
    }

    [Fact]
    public void Two_scripts_of_one_number_are_refused_because_their_order_would_be_arbitrary()
    {
        var scripts = new[] { MigrationScript.Parse("0001_users.sql", ""), MigrationScript.Parse("0001_jobs.sql", "") };

        Should.Throw<InvalidDataException>(() => MigrationScript.InOrder(scripts)).Message.ShouldContain("1 exists twice: users, jobs");
    }

    [Theory]
    [InlineData("users.sql")]
    [InlineData("one_users.sql")]
    [InlineData("0001.sql")]
    public void A_file_that_is_not_named_number_and_name_is_refused(string fileName) =>
        Should.Throw<InvalidDataException>(() => MigrationScript.Parse(fileName, "")).Message.ShouldContain("0001_users.sql");

    [Fact]
    public void An_edited_script_has_another_checksum() =>
        MigrationScript.Parse("0001_users.sql", "CREATE TABLE users ()").Checksum
            .ShouldNotBe(MigrationScript.Parse("0001_users.sql", "CREATE TABLE users (id int)").Checksum);

    [Fact]
    public void The_assembly_carries_the_scripts_without_a_gap() =>
        MigrationScript.All().Select(script => script.Number).ShouldBe(Enumerable.Range(1, MigrationScript.All().Count));
}

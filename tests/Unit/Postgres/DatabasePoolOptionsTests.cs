using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Platform;
using Switchboard.Tests.Unit.Architecture;

namespace Switchboard.Tests.Unit.Postgres;

public sealed partial class DatabasePoolOptionsTests
{
    [Fact]
    public void Left_out_a_pool_keeps_two_and_opens_ten()
    {
        var source = Apply();

        (source.MinPoolSize, source.MaxPoolSize, source.Timeout).ShouldBe((2, 10, 15));
    }

    [Fact]
    public void The_environment_says_how_many_and_milliseconds_are_rounded_up()
    {
        var source = Apply(("DATABASE_POOL_MIN", "4"), ("DATABASE_POOL_MAX", "25"), ("DATABASE_POOL_TIMEOUT_MS", "2001"));

        (source.MinPoolSize, source.MaxPoolSize, source.Timeout).ShouldBe((4, 25, 3));
    }

    [Fact]
    public void What_else_a_process_says_of_its_source_holds_too() =>
        Apply(source => source.ConnectionStringBuilder.MaxAutoPrepare = 50).MaxAutoPrepare.ShouldBe(50);

    [Fact]
    public void No_process_tells_the_server_how_to_plan_and_no_session_is_reset()
    {
        foreach (var source in (NpgsqlConnectionStringBuilder[])[Apply(), Apply(DatabaseLimits.Apply)])
            (source.Options, source.NoResetOnClose, source.Multiplexing).ShouldBe((null, true, false));
    }

    [Fact]
    public void No_statement_leaves_a_setting_a_lock_or_a_table_in_its_session()
    {
        // the Migrator holds a lock over all of its transactions, over a connection of its own
        var sources = Repository.Product.Except(["Migrations"]).SelectMany(Repository.SourcesOf)
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "Migrations", "Sql")));

        sources.SelectMany(file => Kept().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileName(file)}: {match.Value}"))
            .ShouldBeEmpty();
        foreach (var kept in (string[])["\"SET jit = off", "set_config('jit', 'off', false)", "SELECT pg_advisory_lock(1)", "CREATE TEMP TABLE a"])
            Kept().IsMatch(kept).ShouldBeTrue();
        foreach (var ended in (string[])["\"SET LOCAL jit = off", "set_config('jit', 'off', true)", "SELECT pg_advisory_xact_lock(1)"])
            Kept().IsMatch(ended).ShouldBeFalse();
    }

    [Theory]
    [InlineData("0", "1", true)]
    [InlineData("10", "10", true)]
    [InlineData("11", "10", false)]
    [InlineData("0", "0", false)]
    [InlineData("-1", "10", false)]
    [InlineData("2", "1001", false)]
    public void A_pool_that_cannot_be_is_refused_at_the_start(string min, string max, bool isFine)
    {
        var builder = Builder(("DATABASE_POOL_MIN", min), ("DATABASE_POOL_MAX", max));
        builder.AddDatabasePool();
        using var host = builder.Build();

        var start = host.Services.GetRequiredService<IStartupValidator>().Validate;
        if (isFine)
            start.ShouldNotThrow();
        else
            start.ShouldThrow<OptionsValidationException>().Message.ShouldContain("DATABASE_POOL_M");
    }

    [Fact]
    public void A_source_that_is_made_before_the_start_is_checked_says_the_same() =>
        Should.Throw<ValidationException>(() => Apply(("DATABASE_POOL_MIN", "2"), ("DATABASE_POOL_MAX", "1")))
            .Message.ShouldBe("DATABASE_POOL_MIN (2) must not be over DATABASE_POOL_MAX (1).");

    // what outlives its transaction
    [GeneratedRegex(
        @"""\s*SET (?!LOCAL)[A-Za-z_.]+ (=|TO|AS)|SET SESSION|set_config\([^()]*, false\)|pg_(try_)?advisory_lock|CREATE TEMP|""LISTEN |WITH HOLD",
        RegexOptions.IgnoreCase)]
    private static partial Regex Kept();

    private static NpgsqlConnectionStringBuilder Apply(params (string Name, string Value)[] settings)
    {
        var source = new NpgsqlDataSourceBuilder("Host=localhost");
        Builder(settings).AddDatabasePool()(source);
        return source.ConnectionStringBuilder;
    }

    private static NpgsqlConnectionStringBuilder Apply(Action<NpgsqlDataSourceBuilder> configure)
    {
        var source = new NpgsqlDataSourceBuilder("Host=localhost");
        Builder().AddDatabasePool(configure)(source);
        return source.ConnectionStringBuilder;
    }

    private static HostApplicationBuilder Builder(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value));
        return builder;
    }
}

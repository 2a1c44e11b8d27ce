using Microsoft.Extensions.Options;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Tests.Unit.FeatureFlags;

public sealed class FlagTests
{
    private static readonly Feature Views = Feature.MaterializedViews;
    private static readonly Guid Account = Guid.Parse("0198f1c4-0000-7000-8000-000000000001");

    [Fact]
    public async Task Everything_is_on_by_default_and_known_to_the_feature_manager()
    {
        using var host = new RolloutHost();

        foreach (var feature in Feature.All)
        {
            (await host.Rollout.IsOnAsync(feature, null)).ShouldBeTrue();
            (await host.Features.IsEnabledAsync(feature.Flag)).ShouldBeTrue();
        }

        (await host.Rollout.ListAsync()).ShouldAllBe(state => state.Source == "default" && state.Enabled == true && state.Percentage == 100);
    }

    [Fact]
    public async Task A_flag_is_turned_off_and_on_by_its_flat_name_when_the_configuration_is_reloaded()
    {
        using var host = new RolloutHost((Views.Flag, "false"));
        (await host.Rollout.IsOnAsync(Views, Account)).ShouldBeFalse();
        (await host.StateAsync(Views)).ShouldSatisfyAllConditions(s => s.Enabled.ShouldBe(false), s => s.Source.ShouldBe("flag"));

        host.Set(Views.Flag, "True");

        (await host.Rollout.IsOnAsync(Views, Account)).ShouldBeTrue();
        (await host.Rollout.IsOnAsync(Feature.QueryCaching, Account)).ShouldBeTrue();
        host.Log.ShouldContain("USE_MATERIALIZED_VIEWS is now True, for 100 % of accounts, shadow False.");
    }

    [Theory]
    [InlineData("USE_MATERIALIZED_VIEWS", "yes", "USE_MATERIALIZED_VIEWS is 'yes'; it must be true or false.")]
    [InlineData("ENABLE_QUERY_CACHING_SHADOW", "1", "ENABLE_QUERY_CACHING_SHADOW is '1'; it must be true or false.")]
    [InlineData("ENABLE_QUERY_CACHING_PERCENTAGE", "101", "ENABLE_QUERY_CACHING_PERCENTAGE is '101'; it must be a whole number from 0 to 100.")]
    [InlineData("ENABLE_QUERY_CACHING_PERCENTAGE", "-1", "ENABLE_QUERY_CACHING_PERCENTAGE is '-1'; it must be a whole number from 0 to 100.")]
    [InlineData("ENABLE_QUERY_CACHING_PERCENTAGE", "12.5", "ENABLE_QUERY_CACHING_PERCENTAGE is '12.5'; it must be a whole number from 0 to 100.")]
    public void A_bad_value_stops_the_start_with_its_name(string name, string value, string message)
    {
        using var host = new RolloutHost((name, value));

        Should.Throw<OptionsValidationException>(host.Get<IStartupValidator>().Validate).Failures.ShouldBe([message]);
    }

    [Fact]
    public async Task A_bad_value_at_a_reload_changes_nothing_and_is_logged()
    {
        using var host = new RolloutHost((Views.Flag, "false"));
        (await host.Rollout.IsOnAsync(Views, Account)).ShouldBeFalse();

        host.Set(Views.Flag, "on");

        (await host.Rollout.IsOnAsync(Views, Account)).ShouldBeFalse();
        host.Log.ShouldContain(line => line.Contains("USE_MATERIALIZED_VIEWS is 'on'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_percentage_takes_about_as_many_accounts_and_raising_it_takes_none_out()
    {
        using var host = new RolloutHost(($"{Views.Flag}_PERCENTAGE", "0"));
        var accounts = Enumerable.Range(0, 1_000).Select(n => new Guid(n, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8)).ToArray();
        var before = new HashSet<Guid>();
        foreach (var percentage in new[] { 0, 1, 25, 50, 99, 100 })
        {
            host.Set($"{Views.Flag}_PERCENTAGE", $"{percentage}");
            var now = new HashSet<Guid>();
            foreach (var account in accounts)
            {
                if (await host.Rollout.IsOnAsync(Views, account))
                    now.Add(account);
            }

            now.IsSupersetOf(before).ShouldBeTrue();
            now.Count.ShouldBeInRange(percentage * 10 - 50, percentage * 10 + 50);
            (await host.Rollout.IsOnAsync(Views, null)).ShouldBe(percentage == 100);
            before = now;
        }
    }

    [Fact]
    public void An_account_falls_on_the_same_side_in_every_process_for_ever()
    {
        // changing these numbers moves every customer to another side
        AccountHash.Bucket(Views.Flag, Account.ToString()).ShouldBe(22);
        AccountHash.Bucket(Feature.QueryCaching.Flag, Account.ToString()).ShouldBe(0);
    }

    [Fact]
    public void At_the_boundary_an_account_is_in_above_its_bucket_and_out_at_it()
    {
        var bucket = AccountHash.Bucket(Views.Flag, Account.ToString());

        AccountHash.IsIn(Views.Flag, Account.ToString(), bucket).ShouldBeFalse();
        AccountHash.IsIn(Views.Flag, Account.ToString(), bucket + 1).ShouldBeTrue();
        AccountHash.IsIn(Views.Flag, null, 99).ShouldBeFalse();
    }

    [Fact]
    public async Task Off_wins_over_a_percentage()
    {
        using var host = new RolloutHost((Views.Flag, "false"), ($"{Views.Flag}_PERCENTAGE", "100"));

        (await host.Rollout.IsOnAsync(Views, Account)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_section_of_feature_management_works_with_its_filters_and_ours()
    {
        const string Section = "FeatureManagement:USE_MATERIALIZED_VIEWS";
        using var host = new RolloutHost(
            ($"{Section}:EnabledFor:0:Name", "Microsoft.Targeting"),
            ($"{Section}:EnabledFor:0:Parameters:Audience:Users:0", Account.ToString()),
            ("FeatureManagement:ENABLE_QUERY_CACHING", "false"),
            ("FeatureManagement:USE_OPTIMIZED_QUERIES:EnabledFor:0:Name", "AccountPercentage"),
            ("FeatureManagement:USE_OPTIMIZED_QUERIES:EnabledFor:0:Parameters:Percentage", "0"),
            ("FeatureManagement:SomethingElse", "true"));

        (await host.Rollout.IsOnAsync(Views, Account)).ShouldBeTrue();
        (await host.Rollout.IsOnAsync(Views, Guid.Empty)).ShouldBeFalse();
        (await host.Rollout.IsOnAsync(Feature.QueryCaching, Account)).ShouldBeFalse();
        (await host.Rollout.IsOnAsync(Feature.OptimizedQueries, Account)).ShouldBeFalse();
        (await host.Features.IsEnabledAsync("SomethingElse")).ShouldBeTrue();
        (await host.StateAsync(Views)).ShouldSatisfyAllConditions(s => s.Source.ShouldBe("section"), s => s.Enabled.ShouldBeNull());
    }

    [Fact]
    public async Task One_account_can_be_left_out_as_the_procedure_says()
    {
        const string Filter = "FeatureManagement:USE_MATERIALIZED_VIEWS:EnabledFor:0";
        using var host = new RolloutHost(
            ($"{Filter}:Name", "Microsoft.Targeting"),
            ($"{Filter}:Parameters:Audience:DefaultRolloutPercentage", "100"),
            ($"{Filter}:Parameters:Audience:Exclusion:Users:0", Account.ToString()));

        (await host.Rollout.IsOnAsync(Views, Account)).ShouldBeFalse();
        (await host.Rollout.IsOnAsync(Views, Guid.CreateVersion7())).ShouldBeTrue();
    }

    [Fact]
    public async Task A_flat_name_wins_over_the_section()
    {
        using var host = new RolloutHost(("FeatureManagement:USE_MATERIALIZED_VIEWS", "true"), (Views.Flag, "false"));

        (await host.Rollout.IsOnAsync(Views, Account)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_filter_that_does_not_exist_is_off_and_logged()
    {
        using var host = new RolloutHost(("FeatureManagement:USE_MATERIALIZED_VIEWS:EnabledFor:0:Name", "FullMoon"));

        (await host.Rollout.IsOnAsync(Views, Account)).ShouldBeFalse();
        host.Log.ShouldContain("USE_MATERIALIZED_VIEWS counts as off: its definition in FeatureManagement cannot be evaluated.");
    }
}

using Switchboard.Load;
using Switchboard.Load.Api;
using Switchboard.Load.Notify.NotifyApi;
using Switchboard.Load.Running;
using Switchboard.Load.Social.SocialApi;

namespace Switchboard.Tests.Simulator.Load;

public sealed class ApiRequestsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 20, 0, 0, TimeSpan.Zero);
    private static readonly RunToken Token = new(Now);

    [Fact]
    public void Posts_of_social_api_say_something_else_each_time_and_go_to_accounts_of_their_user()
    {
        var sample = new SocialSample([Tenant("sb_a"), Tenant("sb_b")], Now);
        var requests = new SocialRequests(sample, Token) { Cursors = ["c"] };
        var kind = requests.Kinds.Single(one => one.Name == "POST post, several accounts");

        var calls = Enumerable.Range(0, 500).Select(number => kind.Call(new(number, 1))).ToList();

        calls.Select(call => (string)call.Body!["content"]!["text"]!).Distinct().Count().ShouldBe(500);
        calls.ShouldAllBe(call => (DateTimeOffset)call.Body!["scheduledAt"]! > Now.AddDays(1));
        foreach (var call in calls)
        {
            var accounts = call.Body!["targets"]!["accounts"]!.AsArray().Select(id => (Guid)id!).ToList();
            accounts.Count.ShouldBe(5);
            accounts.ShouldBeSubsetOf(sample.Tenants.Single(tenant => tenant.Key == call.Key).Accounts);
        }
    }

    [Fact]
    public void A_post_is_cancelled_once_and_none_of_these_is_changed()
    {
        var sample = new SocialSample([Tenant("sb_a")], Now);
        var requests = new SocialRequests(sample, Token);
        var (cancel, patch) = (requests.Kinds.Single(one => one.Name == "POST cancel"), requests.Kinds.Single(one => one.Name == "PATCH post"));

        var cancelled = Enumerable.Range(0, 10).Select(number => cancel.Call(new(number, 1)).Path.Split('/')[3]).ToList();
        var changed = Enumerable.Range(0, 100).Select(number => patch.Call(new(number, 1)).Path.Split('/')[3]).ToHashSet();

        cancelled.Distinct().Count().ShouldBe(10);
        changed.ShouldNotContain(id => cancelled.Contains(id));
        Should.Throw<LoadException>(() => cancel.Call(new(10, 1))).Message.ShouldContain("seed more");
    }

    [Fact]
    public void Each_kind_of_both_mixes_makes_requests_of_its_method_and_lists_differ_between_runs()
    {
        var social = new SocialRequests(new([Tenant("sb_a")], Now), Token) { Cursors = ["c"] };
        social.ToPublish.Enqueue(Guid.CreateVersion7());
        var notify = new NotifyRequests(
            new([new("sb_a", ["r-1", "r-2", "r-3"], [Guid.CreateVersion7()], [Guid.CreateVersion7()], ["topic-1"])], [Guid.CreateVersion7()], Now),
            ["sbi_1"], Token);

        foreach (var kind in social.Kinds.Concat(notify.Kinds))
        {
            var call = kind.Call(new(1, 1));
            kind.Name.ShouldStartWith($"{call.Method} ");
            call.Path.ShouldStartWith("/api/");
            (call.Body is null).ShouldBe(!kind.IsWrite || kind.Name is "POST cancel" or SocialRequests.Publish);
        }

        var days = notify.Kinds.Single(kind => kind.Name == "GET notifications, of a day");
        Enumerable.Range(0, 100).Count(number => days.Call(new(number, 1)).Path == days.Call(new(number, 2)).Path).ShouldBeLessThan(20);
    }

    [Fact]
    public void The_scripts_are_there_and_know_all_their_values()
    {
        var users = Enumerable.Range(0, 10).Select(_ => new LoadUser(Guid.CreateVersion7(), "sb_key")).ToList();

        var social = SeedScript.Load("social-api.sql", SeedValues.Of(Token, Now, users, ("accounts", 2_000), ("posts", 20_000)));
        var notify = SeedScript.Load("notify-api.sql", SeedValues.Of(Token, Now, users, ("recipients", 1_000), ("notifications", 10_000)));

        social.Tables.ShouldContain(table => table.Name == "social_posts");
        notify.Tables.ShouldContain(table => table.Name == "notifications");
        foreach (var text in social.Tables.Concat(notify.Tables).Select(table => table.Sql).Append(social.Functions).Append(notify.Functions))
            text.ShouldNotMatch("(?<!:):[a-z]");
    }

    private static SocialTenant Tenant(string key) => new(key, Ids(3), Ids(20), Ids(9));

    private static List<Guid> Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];
}

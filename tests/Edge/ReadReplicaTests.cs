using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Switchboard.Tests.Edge;

/// <summary>An edge with a replica of Postgres and one of Redis.</summary>
public sealed partial class ReadReplicaTests(ReadReplicaTests.WithReplicas edge) : IClassFixture<ReadReplicaTests.WithReplicas>
{
    [Fact]
    public async Task Who_sends_something_finds_it_in_the_list_at_once_and_who_does_not_reads_from_the_replica()
    {
        var (_, writer) = await edge.NewUserAsync("notifications");
        var (_, reader) = await edge.NewUserAsync("notifications");
        for (var again = 0; await ReadsAsync("replica") == 0; again++)
        {
            again.ShouldBeLessThan(500, "the replica is not read from");
            (await edge.GetAsync(reader, "/api/notifications")).StatusCode.ShouldBe(HttpStatusCode.OK);
            await Task.Delay(50);
        }

        var primary = await ReadsAsync("primary");
        for (var sent = 1; sent <= 10; sent++)
        {
            using var made = await edge.PostAsync(writer, "/api/notifications", new { channel = "whatsapp", recipient = "+15550100001", body = "text" });
            made.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            (await EdgeProcess.JsonAsync(await edge.GetAsync(writer, "/api/notifications")))["items"]!.AsArray().Count.ShouldBe(sent);
        }

        (await ReadsAsync("primary")).ShouldBe(primary + 10);
    }

    private async Task<long> ReadsAsync(string server)
    {
        var text = await edge.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return Reads().Matches(text).Where(match => match.Value.Contains($"server=\"{server}\"", StringComparison.Ordinal))
            .Sum(match => (long)double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^switchboard_replica_reads_total\{.*\} (\S+)", RegexOptions.Multiline)]
    private static partial Regex Reads();

    public sealed class WithReplicas : EdgeProcess
    {
        private readonly RedisServer _redis = new();
        private readonly RedisServer _redisReplica = new();
        private PostgresServer _replica = null!;

        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
        {
            ["ConnectionStrings__switchboard-replica"] = _replica.ConnectionString,
            ["ConnectionStrings__redis"] = _redis.ConnectionString,
            ["ConnectionStrings__redis-replica"] = _redisReplica.ConnectionString,
        };

        protected override async Task BeforeStartAsync()
        {
            _replica = await Postgres.StartReplicaAsync();
            await _redis.InitializeAsync();
            await _redisReplica.InitializeAsync();
            await _redisReplica.FollowAsync(_redis);
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await _replica.DisposeAsync();
            await _redisReplica.DisposeAsync();
            await _redis.DisposeAsync();
        }
    }
}

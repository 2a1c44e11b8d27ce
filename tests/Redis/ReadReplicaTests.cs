using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using StackExchange.Redis;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis;

namespace Switchboard.Tests.Redis;

/// <summary>Two processes over a real primary, its real streaming replica, and Redis; each test leaves them as it found them.</summary>
public sealed class ReadReplicaTests(ReadReplicaTests.Processes processes) : IClassFixture<ReadReplicaTests.Processes>
{
    private readonly Guid _user = Guid.CreateVersion7();
    private readonly Guid _other = Guid.CreateVersion7();

    private IHost One => processes.One;

    private IHost Two => processes.Two;

    [Fact]
    public async Task Who_has_changed_something_reads_it_at_once_in_every_process_and_from_the_replica_when_that_has_it()
    {
        for (var change = 1; change <= 20; change++)
        {
            await RunAsync(processes.PrimarySource, "INSERT INTO written VALUES ($1)", _user);
            await Database(One).WroteAsync(_user);

            (await CountAsync(One)).ShouldBe(change);
            (await CountAsync(Two)).ShouldBe(change);
        }

        (await IsReplicaAsync(Two, _other)).ShouldBeTrue("others are not concerned");
        await UntilAsync(One, _user, isReplica: true);
        await UntilAsync(Two, _user, isReplica: true);
        (await CountAsync(Two)).ShouldBe(20);
    }

    [Fact]
    public async Task A_replica_that_falls_behind_is_not_read_from_until_it_has_caught_up()
    {
        await RunAsync(processes.ReplicaSource, "SELECT pg_wal_replay_pause()");
        await RunAsync(processes.PrimarySource, "INSERT INTO written VALUES ($1)", _user);

        await UntilAsync(One, _other, isReplica: false);

        await RunAsync(processes.ReplicaSource, "SELECT pg_wal_replay_resume()");
        await processes.UntilReadFromReplicaAsync();
    }

    [Fact]
    public async Task Reads_go_on_while_the_replica_hangs_is_away_and_comes_back()
    {
        await processes.Replica.PauseAsync();
        (await IsReplicaAsync(One, _other)).ShouldBeFalse("the primary answers in its place");
        await processes.Replica.ResumeAsync();
        await UntilAsync(One, _other, isReplica: true);

        await processes.Replica.KillAsync();
        (await IsReplicaAsync(One, _other)).ShouldBeFalse();
        await processes.Replica.StartAsync();
        await processes.UntilReadFromReplicaAsync();
    }

    [Fact]
    public async Task Without_redis_nobody_knows_who_has_written_and_all_read_from_the_primary()
    {
        await processes.Redis.KillAsync();
        await UntilAsync(One, _other, isReplica: false);
        await processes.Redis.StartAsync();
        await processes.UntilReadFromReplicaAsync();
    }

    private static ReadDatabase Database(IHost process) => process.Services.GetRequiredService<ReadDatabase>();

    private static Task<bool> IsReplicaAsync(IHost process, Guid userId) => Database(process).ReadAsync(
        userId, source => source.Command("SELECT pg_is_in_recovery()").ScalarAsync<bool>(CancellationToken.None), CancellationToken.None);

    private static async Task UntilAsync(IHost process, Guid userId, bool isReplica) =>
        await Eventually.TrueAsync(async () => await IsReplicaAsync(process, userId) == isReplica);

    private static async Task RunAsync(NpgsqlDataSource source, string sql, params object[] values) =>
        await source.Command(sql, values).RunAsync(CancellationToken.None);

    private Task<long> CountAsync(IHost process) => Database(process).ReadAsync(
        _user, source => source.Command("SELECT count(*) FROM written WHERE id = $1", _user).ScalarAsync<long>(CancellationToken.None),
        CancellationToken.None);

    public sealed class Processes : IAsyncLifetime
    {
        private readonly PostgresServer _postgres = new();

        public RedisServer Redis { get; } = new();

        public PostgresServer Replica { get; private set; } = null!;

        public NpgsqlDataSource PrimarySource { get; private set; } = null!;

        public NpgsqlDataSource ReplicaSource { get; private set; } = null!;

        internal IHost One { get; private set; } = null!;

        internal IHost Two { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Redis.InitializeAsync();
            await _postgres.InitializeAsync();
            PrimarySource = NpgsqlDataSource.Create(_postgres.ConnectionString);
            await RunAsync(PrimarySource, "CREATE TABLE written (id uuid)");
            Replica = await _postgres.StartReplicaAsync();
            ReplicaSource = NpgsqlDataSource.Create($"{Replica.ConnectionString};Command Timeout=1;Cancellation Timeout=100");
            One = await StartAsync();
            Two = await StartAsync();
            await UntilReadFromReplicaAsync();
        }

        public async Task UntilReadFromReplicaAsync()
        {
            await UntilAsync(One, Guid.Empty, isReplica: true);
            await UntilAsync(Two, Guid.Empty, isReplica: true);
        }

        public async ValueTask DisposeAsync()
        {
            await One.StopAsync();
            await Two.StopAsync();
            One.Dispose();
            Two.Dispose();
            await PrimarySource.DisposeAsync();
            await ReplicaSource.DisposeAsync();
            await Replica.DisposeAsync();
            await _postgres.DisposeAsync();
            await Redis.DisposeAsync();
        }

        private async Task<IHost> StartAsync()
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Replica:MaxLagMs"] = "1000",
                ["Replica:CheckMs"] = "50",
                ["Replica:ReadYourWritesMs"] = "2000",
                ["Redis:RedisTimeoutMs"] = "2000",
            });
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Services.AddSingleton(PrimarySource);
            builder.Services.AddKeyedSingleton(ReadDatabase.ReplicaName, ReplicaSource);
            builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(Redis.ConnectionString));
            builder.Services.AddReadDatabase(hasReplica: true);
            var host = builder.Build();
            await host.StartAsync();
            return host;
        }
    }
}

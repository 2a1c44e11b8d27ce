using System.Security.Cryptography;
using FastEndpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using RabbitMQ.Client;
using Switchboard.Core.Notifications;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Security;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;
using Switchboard.Edge.Api.Sms;
using Switchboard.Edge.Api.Sms.PhoneNumbers;

namespace Switchboard.Tests.Edge;

/// <summary>
/// Linking and verifying a phone number, with a single connection to the database: whoever held it while Redis is asked would keep
/// it from the double of Redis, which wants it too.
/// </summary>
public sealed class HeldConnectionTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private readonly Guid _user = Guid.CreateVersion7();
    private readonly Guid _key = Guid.CreateVersion7();
    private readonly string _number = "+1555010" + RandomNumberGenerator.GetInt32(10_000).ToString("D4", null);
    private ServiceProvider _services = null!;

    private NpgsqlDataSource Database => _services.GetRequiredService<NpgsqlDataSource>();

    public async ValueTask InitializeAsync()
    {
        var database = NpgsqlDataSource.Create($"{postgres.ConnectionString};Maximum Pool Size=1;Timeout=2");
        var time = new AskingTime(database);
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                new Dictionary<string, string?> { ["Jobs:ConfirmTimeoutSeconds"] = "0.1" }).Build())
            .AddSingleton(database)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<HybridCache>(new AskingCache(database))
            .AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = new("amqp://127.0.0.1:1") })
            .AddSingleton(new SlidingWindowLimiter(
                new RedisConnection(
                    () => throw new InvalidOperationException("There is no Redis."), Options.Create(new RedisOptions()), time,
                    NullLogger<RedisConnection>.Instance),
                time))
            .AddSingleton(new SecretProtector(Options.Create(new EncryptionOptions { Key = "a secret of at least thirty-two characters" })))
            .AddSingleton<CreatingTransactions>()
            .AddSingleton<DailyQuotas>()
            .AddPhoneNumbers()
            .AddNotifications()
            .BuildServiceProvider();
        await Database.Command("INSERT INTO users (id, email, name, created_at) VALUES ($1, $1::text, 'user', now())", _user).RunAsync(default);
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task A_number_is_linked_and_given_a_new_code_without_holding_a_connection_meanwhile()
    {
        var linked = await LinkAsync("key-1");
        (await LinkAsync("key-1")).Id.ShouldBe(linked.Id, "the same request again");

        var sent = (await Create<SendCode>(linked.Id).ExecuteAsync(default)).Result;

        ((IStatusCodeHttpResult)sent).StatusCode.ShouldBe(429, "a number gets one code in 30 seconds");
        (await Database.Command("SELECT count(*) FROM scheduled_jobs WHERE payload->>'phoneNumberId' = $1", linked.Id.ToString())
            .ScalarAsync<long>(default)).ShouldBe(1, "only one code was staged");
    }

    [Fact]
    public async Task A_code_is_checked_without_holding_a_connection_while_the_caches_are_told()
    {
        var linked = await LinkAsync(null);
        var wrong = (await Create<VerifyPhoneNumber>(linked.Id).ExecuteAsync(new() { Code = "000000" }, default)).Result;

        ((IStatusCodeHttpResult)wrong).StatusCode.ShouldBeOneOf(422, 200);
    }

    [Fact]
    public async Task No_statement_changes_a_number_of_another_user()
    {
        var linked = await LinkAsync(null);
        var store = _services.GetRequiredService<PhoneNumberStore>();
        var other = Guid.CreateVersion7();

        await using (var connection = await Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            (await store.IssueCodeAsync(transaction, linked.Id, other, default)).ShouldBeNull();
            (await store.LockPendingAsync(transaction, linked.Id, other, default)).ShouldBeNull();
            await store.TryVerifyAsync(transaction, linked.Id, other, default);
            await store.VoidCodeAsync(transaction, linked.Id, other, default);
            (await store.FindAsync(transaction, linked.Id, other, default)).ShouldBeNull();
            await transaction.CommitAsync();
        }

        (await store.DeleteAsync(linked.Id, other, default)).ShouldBeNull();
        var left = (await store.ListAsync(_user, null, 10, default)).ShouldHaveSingleItem();
        (left.Verified, left.TriesLeft, left.PausedUntil).ShouldBe((false, 5, null));
    }

    [Fact]
    public async Task Both_forms_of_a_mexican_number_have_one_owner()
    {
        var tenDigits = "55" + RandomNumberGenerator.GetInt32(100_000_000).ToString("D8", null);
        await Database.Command(
            "INSERT INTO user_phone_numbers (id, user_id, phone_number, verified_at, created_at) VALUES ($1, $2, $3, now(), now())",
            Guid.CreateVersion7(), _user, $"+521{tenDigits}").RunAsync(default);
        var owners = _services.GetRequiredService<NumberOwners>();

        foreach (var sender in new[] { $"+52{tenDigits}", $"+521{tenDigits}", $"whatsapp:+521{tenDigits}" })
            (await owners.FindAsync(PhoneNumber.ContactOf(sender)!, default)).UserId.ShouldBe(_user, sender);
    }

    private async Task<PhoneNumberResponse> LinkAsync(string? idempotencyKey)
    {
        var result = (await Create<LinkPhoneNumber>(null, idempotencyKey).ExecuteAsync(new() { PhoneNumber = _number }, default)).Result;
        return result.ShouldBeOfType<Created<PhoneNumberResponse>>().Value!;
    }

    private TEndpoint Create<TEndpoint>(Guid? id, string? idempotencyKey = null)
        where TEndpoint : class, IEndpoint
    {
        var dependencies = typeof(TEndpoint).GetConstructors()[0].GetParameters()
            .Select(parameter => _services.GetRequiredService(parameter.ParameterType)).ToArray();
        return Factory.Create<TEndpoint>(
            context =>
            {
                context.Features.Set(new Caller(_key, _user, ["texts"]));
                if (id is not null)
                    context.Request.RouteValues["id"] = id.Value.ToString();
                if (idempotencyKey is not null)
                    context.Request.Headers["Idempotency-Key"] = idempotencyKey;
            },
            dependencies);
    }

    /// <summary>The limiter's clock: whenever it looks, nobody else holds the connection.</summary>
    private sealed class AskingTime(NpgsqlDataSource database) : TimeProvider
    {
        public override long GetTimestamp()
        {
            using var connection = database.OpenConnection();
            return base.GetTimestamp();
        }
    }
}

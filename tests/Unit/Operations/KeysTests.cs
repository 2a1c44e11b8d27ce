using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Switchboard.Core.Deletion;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Operations.Access;
using Switchboard.Edge.Api.Platform;
using Switchboard.Tests.Unit.Providers.Graph;

namespace Switchboard.Tests.Unit.Operations;

public sealed class KeysTests
{
    private static readonly Caller Program = new(Guid.CreateVersion7(), Guid.CreateVersion7(), [Scope.Rules, Scope.Mail]);
    private static readonly Caller Administrator = new(Guid.CreateVersion7(), Guid.CreateVersion7(), [Scope.Admin]);

    [Fact]
    public void A_new_key_is_one_of_its_kind_and_its_hash_is_that_of_no_other()
    {
        var (key, other) = (ApiKeySecret.New(), ApiKeySecret.New());

        ApiKeySecret.IsWellFormed(key).ShouldBeTrue();
        ApiKeySecret.Shown(key).Length.ShouldBeLessThan(key.Length / 2);
        ApiKeySecret.Hash(key).ShouldBe(ApiKeySecret.Hash(key));
        ApiKeySecret.Hash(key).ShouldNotBe(ApiKeySecret.Hash(other));
    }

    [Theory]
    [InlineData("sb_demo", true)]
    [InlineData("", false)]
    [InlineData("demo", false)]
    [InlineData("sb_dämo", false)]
    public void A_key_begins_as_keys_do(string key, bool isWellFormed) => ApiKeySecret.IsWellFormed(key).ShouldBe(isWellFormed);

    [Fact]
    public void A_key_of_any_length_is_refused_before_it_is_hashed() =>
        ApiKeySecret.IsWellFormed("sb_" + new string('x', 100_000)).ShouldBeFalse();

    [Fact]
    public async Task A_key_that_ends_while_it_is_remembered_opens_nothing()
    {
        var time = new FakeTimeProvider();
        var (keys, cache) = Keys(time, Environments.Production);
        var key = ApiKeySecret.New();
        await RememberAsync(cache, key, Program with { ExpiresAt = time.GetUtcNow().AddMinutes(1) });

        (await keys.FindAsync(key, default)).ShouldNotBeNull();
        time.Advance(TimeSpan.FromMinutes(1));
        (await keys.FindAsync(key, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData("Production", false)]
    [InlineData("Staging", false)]
    [InlineData("Development", true)]
    public async Task The_demo_key_opens_something_in_development_alone(string environment, bool opens)
    {
        var (keys, cache) = Keys(new FakeTimeProvider(), environment);
        await RememberAsync(cache, DemoKey.Value, Administrator);

        (await keys.FindAsync(DemoKey.Value, default) is not null).ShouldBe(opens);
    }

    private static ValueTask RememberAsync(TimedCache cache, string key, Caller caller) =>
        cache.SetAsync($"{UserDeletion.KeyCachePrefix}{Convert.ToHexStringLower(ApiKeySecret.Hash(key))}", caller);

    // the database is not asked
    private static (ApiKeys Keys, TimedCache Cache) Keys(TimeProvider time, string environment)
    {
        var (cache, database) = (new TimedCache(time), NpgsqlDataSource.Create("Host=127.0.0.1;Port=1"));
        var host = new HostApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment, DisableDefaults = true });
        return (new(cache, database, new DemoKey(database, host.Environment, time, NullLogger<DemoKey>.Instance), time), cache);
    }

    [Fact]
    public void Nobody_gives_what_they_do_not_have()
    {
        CreateApiKey.Missing(Program, Program.UserId, [Scope.Mail]).ShouldBeNull();
        CreateApiKey.Missing(Program, Program.UserId, [Scope.Mail, Scope.Jobs]).ShouldBe(Scope.Jobs);
        CreateApiKey.Missing(Program, Guid.CreateVersion7(), [Scope.Mail]).ShouldBe(Scope.Admin);
    }

    [Fact]
    public void An_administrator_gives_anything_to_anyone() =>
        CreateApiKey.Missing(Administrator, Guid.CreateVersion7(), Scope.All).ShouldBeNull();
}

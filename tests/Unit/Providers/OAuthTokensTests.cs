using Switchboard.Core.Providers;
using Switchboard.Tests.Unit.Providers.Graph;

namespace Switchboard.Tests.Unit.Providers;

/// <summary>The access tokens of an account, as a client of its provider uses them.</summary>
public sealed class OAuthTokensTests : IDisposable
{
    private readonly GraphScript _graph = new();

    public void Dispose()
    {
        _graph.Grants.Dispose();
        _graph.Dispose();
    }

    [Fact]
    public async Task A_token_is_had_once_and_used_until_shortly_before_its_end()
    {
        (await GetAsync()).ShouldBe("token-1");
        _graph.Time.Advance(TimeSpan.FromSeconds(3_299));
        (await GetAsync()).ShouldBe("token-1");

        // 300 s before the hour is over
        _graph.Time.Advance(TimeSpan.FromSeconds(1));
        (await GetAsync()).ShouldBe("token-2");
        _graph.Asked.ShouldBe(["refresh refresh-0", "refresh refresh-1"]);
    }

    [Fact]
    public async Task A_token_of_a_minute_is_renewed_at_half_of_it()
    {
        _graph.LifetimeSeconds = 60;
        await GetAsync();
        _graph.Time.Advance(TimeSpan.FromSeconds(29));
        (await GetAsync()).ShouldBe("token-1");

        _graph.Time.Advance(TimeSpan.FromSeconds(1));
        (await GetAsync()).ShouldBe("token-2");
    }

    [Fact]
    public async Task A_refresh_token_that_comes_with_it_takes_the_place_of_the_one_before()
    {
        await GetAsync();

        _graph.Grants.Stored.ShouldBe("refresh-1");
    }

    [Fact]
    public async Task Those_who_want_a_token_at_the_same_time_spend_one_refresh_token()
    {
        var tokens = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => GetAsync()));

        tokens.ShouldAllBe(token => token == "token-1");
        _graph.Asked.ShouldBe(["refresh refresh-0"]);
    }

    [Fact]
    public async Task While_the_authority_is_away_a_token_is_used_to_its_end()
    {
        await GetAsync();
        _graph.Time.Advance(TimeSpan.FromSeconds(3_400));
        _graph.OnToken("busy", status: 503).OnToken("busy", status: 503);
        (await GetAsync()).ShouldBe("token-1");

        _graph.Time.Advance(TimeSpan.FromSeconds(200));
        (await Should.ThrowAsync<ProviderException>(GetAsync)).Kind.ShouldBe(FailureKind.Transient);
    }

    [Fact]
    public async Task A_grant_that_was_taken_back_is_named_with_the_refresh_token_that_was_not_taken()
    {
        var stored = _graph.Grants.StoredBytes;
        _graph.OnToken("""{"error":"invalid_grant","error_description":"AADSTS50173: The grant was revoked."}""", status: 400);

        var reason = await Should.ThrowAsync<ProviderException>(GetAsync);

        reason.Kind.ShouldBe(FailureKind.GrantRevoked);
        reason.Failure.Grant.ShouldBe(stored);
        reason.Message.ShouldContain("AADSTS50173");
    }

    [Fact]
    public async Task A_token_that_is_not_taken_is_renewed_and_the_call_made_once_more()
    {
        _graph.OnBatch("""{"error":{"code":"InvalidAuthenticationToken","message":"expired"}}""", status: 401);
        _graph.On("/me/messages/a", """{"id":"a"}""");

        (await _graph.Client.ReadAsync(GraphScript.Account, new("/me/messages/a"), default)).Id.ShouldBe("a");

        _graph.Asked.ShouldBe(
            ["refresh refresh-0", "batch token-1: /me/messages/a", "refresh refresh-1", "batch token-2: /me/messages/a"]);
    }

    [Fact]
    public async Task A_token_that_is_not_taken_within_a_batch_is_renewed_too()
    {
        _graph.On("/me/messages/a", """{"id":"a"}""").On("/me/messages/b", """{"error":{"code":"InvalidAuthenticationToken"}}""", status: 401);
        _graph.On("/me/messages/a", """{"id":"a"}""").On("/me/messages/b", """{"id":"b"}""");

        var answers = await _graph.Client.BatchAsync(GraphScript.Account, [new("/me/messages/a"), new("/me/messages/b")], default);

        answers.Select(answer => answer.Read().Id).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_token_that_somebody_else_renewed_is_taken_over()
    {
        var used = await UseAsync(async token =>
        {
            if (token != "token-1")
                return token;
            // somebody else meets the same, and is quicker
            await UseAsync(other => other == "token-1" ? throw Refused : Task.FromResult(other));
            throw Refused;
        });

        used.ShouldBe("token-2");
        _graph.Asked.ShouldBe(["refresh refresh-0", "refresh refresh-1"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"refresh_token\":\"\",")]
    [InlineData("\"refresh_token\":null,")]
    public async Task A_refresh_token_is_never_overwritten_by_nothing(string refreshToken)
    {
        _graph.OnToken($$"""{ {{refreshToken}}"access_token":"token","expires_in":3600}""");

        await GetAsync();

        _graph.Grants.Stored.ShouldBe("refresh-0");
    }

    private static ProviderException Refused => new(FailureKind.Unauthorized, "expired");

    private Task<string> UseAsync(Func<string, Task<string>> use) =>
        _graph.Tokens.UseAsync(GraphScript.Provider, GraphScript.Account, use, default);

    private Task<string> GetAsync() => _graph.Tokens.GetAsync(GraphScript.Provider, GraphScript.Account, default);
}

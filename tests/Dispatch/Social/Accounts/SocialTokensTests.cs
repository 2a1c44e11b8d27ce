using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Tests.Dispatch.Social.Accounts;

public sealed class SocialTokensTests(PostgresServer postgres) : AccountsTest(postgres), IClassFixture<PostgresServer>
{
    private const string Renewed = """{"token_type":"bearer","expires_in":7200,"access_token":"access-2","refresh_token":"refresh-2"}""";

    private SocialTokens Tokens => Services.GetRequiredService<SocialTokens>();

    [Fact]
    public async Task A_token_is_renewed_early_and_the_pair_is_kept_as_a_whole()
    {
        var account = await AddAccountAsync(Old());
        Answer = (context, _) =>
        {
            context.Request.Headers.Authorization.ToString().ShouldBe("Basic Y2xpZW50OnNlY3JldA==");
            return JsonAsync(context, 200, Renewed);
        };

        (await Tokens.UseAsync(account, Task.FromResult, default)).ShouldBe("access-2");
        (await Tokens.UseAsync(account, Task.FromResult, default)).ShouldBe("access-2");

        Asked.ShouldBe(["POST /2/oauth2/token grant_type=refresh_token&refresh_token=refresh-1&client_id=client"]);
        (await GrantAsync(account)).ShouldSatisfyAllConditions(
            grant => grant.RefreshToken.ShouldBe("refresh-2"), grant => grant.RenewAt.ShouldBe(grant.EndsAt!.Value.AddMinutes(-10)));
        (await ValueAsync("SELECT token_refreshed_at IS NOT NULL AND token_expires_at > now() FROM social_accounts WHERE id = $1", account.Id))
            .ShouldBe(true);
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(401, "<html>gateway</html>")]
    [InlineData(429, "{}")]
    [InlineData(400, """{"error":"invalid_client"}""")]
    public async Task A_refresh_that_fails_leaves_what_is_stored_and_the_token_is_used_to_its_end(int status, string body)
    {
        var account = await AddAccountAsync(Old());
        Answer = (context, _) => JsonAsync(context, status, body);

        (await Tokens.UseAsync(account, Task.FromResult, default)).ShouldBe("access-1");
        Time.Advance(TimeSpan.FromMinutes(10));
        (await Should.ThrowAsync<ProviderException>(() => Tokens.UseAsync(account, Task.FromResult, default))).Kind
            .ShouldBeOneOf(FailureKind.Transient, FailureKind.Throttled);

        (await GrantAsync(account)).ShouldBe(Old());
        Answer = (context, _) => JsonAsync(context, 200, Renewed);
        (await Tokens.UseAsync(account, Task.FromResult, default)).ShouldBe("access-2", "the refresh token is as good as before");
    }

    [Fact]
    public async Task Callers_that_come_together_use_a_refresh_token_that_is_good_once_once()
    {
        var account = await AddAccountAsync(Old());
        Answer = (context, _) => JsonAsync(context, 200, Renewed);

        var got = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Tokens.UseAsync(account, Task.FromResult, default)));

        got.Distinct().ShouldBe(["access-2"]);
        Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_that_is_not_taken_is_renewed_once_and_only_then_the_authorization_is_over()
    {
        var account = await AddAccountAsync(new("access-1", "refresh-1", Time.GetUtcNow().AddHours(1), Time.GetUtcNow().AddHours(2)));
        Answer = (context, _) => JsonAsync(context, 200, Renewed);

        (await Tokens.UseAsync(
            account, token => token == "access-2" ? Task.FromResult(token) : throw new ProviderException(FailureKind.Unauthorized, "no"), default))
            .ShouldBe("access-2");
        var failure = (await Should.ThrowAsync<ProviderException>(() => Tokens.UseAsync<string>(
            account, _ => throw new ProviderException(FailureKind.Unauthorized, "no"), default))).Failure;

        failure.Kind.ShouldBe(FailureKind.GrantRevoked);
        failure.Grant.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_the_authority_calls_over_is_over_and_the_account_says_so_until_it_is_connected_again()
    {
        var account = await AddAccountAsync(Old());
        Answer = (context, _) => JsonAsync(
            context, 400, """{"error":"invalid_request","error_description":"Value passed for the token was invalid."}""");
        Check = one => Tokens.UseAsync(one, token => Task.FromResult(new Workers.Dispatch.Social.AccountCheck("ann")), default);

        (await CheckAsync(account)).ShouldBe(Core.Jobs.JobOutcome.Done);

        (await StateAsync(account)).ShouldBe(AccountStates.NeedsAuthorization);
        (await GrantAsync(account)).ShouldBe(Old(), "nothing took the place of what was stored");
        (await ValueAsync("SELECT reason FROM social_account_states WHERE account_id = $1", account.Id)).ShouldNotBeNull().ToString()
            .ShouldNotBeNull().ShouldContain("token was invalid");
    }

    [Fact]
    public async Task An_account_that_was_connected_again_meanwhile_is_not_thrown_out()
    {
        var account = await AddAccountAsync(new("access-1"));
        var failure = (await Should.ThrowAsync<ProviderException>(() => Tokens.UseAsync<string>(
            account, _ => throw new ProviderException(FailureKind.Unauthorized, "no"), default))).Failure;
        await ExecuteAsync("UPDATE social_accounts SET refresh_token = '\\x01' WHERE id = $1", account.Id);

        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        (await Store.RevokeAsync(transaction, account.UserId, account.Id, failure, default)).ShouldBeFalse();
        await transaction.CommitAsync();

        (await StateAsync(account)).ShouldBe(AccountStates.Active);
    }

    [Fact]
    public async Task A_token_of_Instagram_is_renewed_by_itself_while_it_is_good()
    {
        var account = await AddAccountAsync(
            new("long-1", null, Time.GetUtcNow().AddMinutes(-1), Time.GetUtcNow().AddDays(20)), platform: SocialPlatforms.Instagram);
        Answer = (context, _) => JsonAsync(context, 200, """{"access_token":"long-2","token_type":"bearer","expires_in":5184000}""");

        (await Tokens.UseAsync(account, Task.FromResult, default)).ShouldBe("long-2");
        Asked.ShouldBe(["GET /refresh_access_token?grant_type=ig_refresh_token&access_token=long-1"]);
    }

    private SocialGrant? _old;

    private SocialGrant Old() =>
        _old ??= new("access-1", "refresh-1", Time.GetUtcNow().AddMinutes(-1), Time.GetUtcNow().AddMinutes(9));
}

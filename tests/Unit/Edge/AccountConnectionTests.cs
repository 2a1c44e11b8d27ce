using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Edge;

public sealed class AccountConnectionTests
{
    private static readonly GraphAccountOptions Options = new() { ClientId = "app", Authority = new("https://login.test/common/") };

    // RFC 7636, appendix B
    [Fact]
    public void The_challenge_of_a_verifier_is_that_of_the_standard() =>
        Pkce.Challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").ShouldBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");

    [Fact]
    public void Verifiers_and_states_are_of_256_bits_and_never_the_same()
    {
        string[] made = [Pkce.NewVerifier(), Pkce.NewVerifier(), ConnectionState.New(), ConnectionState.New()];

        made.ShouldAllBe(text => text.Length == 43);
        made.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void Only_the_hash_of_a_state_is_known_here()
    {
        var state = ConnectionState.New();

        ConnectionState.Hash(state)!.Length.ShouldBe(32);
        ConnectionState.Hash(state).ShouldBe(ConnectionState.Hash(state));
        ConnectionState.Hash(state).ShouldNotBe(ConnectionState.Hash(ConnectionState.New()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    public void What_cannot_be_a_state_is_not_looked_for(string? state) => ConnectionState.Hash(state).ShouldBeNull();

    [Fact]
    public void The_authorization_url_asks_for_what_it_takes()
    {
        var url = new Uri(AuthorizationUrl.Of(Options, "https://edge.test/callback?a=b", "the state", "verifier", "ann+1@example.com"));

        url.GetLeftPart(UriPartial.Path).ShouldBe("https://login.test/common/oauth2/v2.0/authorize");
        QueryHelpers.ParseQuery(url.Query).ToDictionary(one => one.Key, one => one.Value.ToString()).ShouldBe(
            new Dictionary<string, string>
            {
                ["client_id"] = "app",
                ["response_type"] = "code",
                ["redirect_uri"] = "https://edge.test/callback?a=b",
                ["response_mode"] = "query",
                ["scope"] = "offline_access Mail.Read User.Read",
                ["state"] = "the state",
                ["code_challenge"] = Pkce.Challenge("verifier"),
                ["code_challenge_method"] = "S256",
                ["login_hint"] = "ann+1@example.com",
            },
            ignoreOrder: true);
    }

    [Fact]
    public void Without_an_address_nobody_is_hinted_at() =>
        AuthorizationUrl.Of(Options, "https://edge.test/callback", "state", "verifier", null).ShouldNotContain("login_hint");

    [Theory]
    [InlineData(null, "http://localhost:5080/api/accounts/email/callback")]
    [InlineData("", "http://localhost:5080/api/accounts/email/callback")]
    [InlineData("https://public.test/edge/", "https://public.test/edge/api/accounts/email/callback")]
    public void The_authority_redirects_to_the_configured_address_or_to_that_of_the_request(string? publicBaseUrl, string expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("localhost:5080");

        AuthorizationUrl.Redirect(publicBaseUrl, context.Request).ShouldBe(expected);
    }

    [Theory]
    [InlineData("access_denied", 403, false)]
    [InlineData("consent_required", 403, false)]
    [InlineData("server_error", 503, true)]
    [InlineData("temporarily_unavailable", 503, true)]
    [InlineData("invalid_scope", 502, false)]
    [InlineData("unauthorized_client", 502, false)]
    public void An_error_of_the_authority_says_who_can_do_something(string error, int status, bool mayPass)
    {
        var refusal = ConnectionRefusal.OfAuthorization(error, "AADSTS1: because");

        refusal.Status.ShouldBe(status);
        (refusal.RetryAfterSeconds is not null).ShouldBe(mayPass);
    }

    [Theory]
    [InlineData(400, "invalid_grant", 400, false)]
    [InlineData(401, "invalid_client", 502, false)]
    [InlineData(400, null, 502, false)]
    [InlineData(429, "temporarily_unavailable", 503, true)]
    [InlineData(400, "temporarily_unavailable", 503, true)]
    [InlineData(500, null, 503, true)]
    [InlineData(504, "anything", 503, true)]
    public void A_code_that_is_not_exchanged_says_why(int status, string? error, int expected, bool mayPass)
    {
        var refusal = ConnectionRefusal.OfToken(status, error, null, null);

        refusal.Status.ShouldBe(expected);
        (refusal.RetryAfterSeconds is not null).ShouldBe(mayPass);
    }

    [Theory]
    [InlineData(401, 403)]
    [InlineData(403, 403)]
    [InlineData(404, 502)]
    [InlineData(429, 503)]
    [InlineData(503, 503)]
    public void That_Graph_does_not_say_whose_mailbox_it_is_says_why(int status, int expected) =>
        ConnectionRefusal.OfGraph(status, null).Status.ShouldBe(expected);

    [Theory]
    [InlineData(7.2, 8)]
    [InlineData(-1, 1)]
    [InlineData(1e6, 600)]
    public void When_to_come_back_is_as_the_authority_says_within_bounds(double said, int expected) =>
        ConnectionRefusal.OfToken(429, null, null, TimeSpan.FromSeconds(said)).RetryAfterSeconds.ShouldBe(expected);

    [Fact]
    public void What_the_authority_says_is_cut() =>
        ConnectionRefusal.OfAuthorization("access_denied", new string('x', 100_000)).Detail.Length.ShouldBeLessThan(1_000);

    [Fact]
    public void A_missing_authorization_has_its_own_type() => new[]
    {
        ConnectionRefusal.NoRefreshToken, ConnectionRefusal.OfAuthorization("access_denied", null), ConnectionRefusal.OfGraph(403, null),
    }.ShouldAllBe(refusal => refusal.Type == ProblemKinds.NotConsented);

    [Theory]
    [InlineData("Ann@Example.com", "ann@corp.test", "ann@example.com")]
    [InlineData(null, "Ann@Corp.test", "ann@corp.test")]
    [InlineData(null, null, null)]
    [InlineData("no address", null, null)]
    public void The_address_is_that_of_the_mail_or_the_name_of_the_user(string? mail, string? name, string? expected) =>
        new GraphUser(mail, name).Address.ShouldBe(expected);

    [Fact]
    public void A_mailbox_is_known_by_either_of_its_names()
    {
        var user = new GraphUser("ann.smith@example.com", "ann@corp.test");

        user.Is("ANN@corp.test").ShouldBeTrue();
        user.Is("ann.smith@example.com").ShouldBeTrue();
        user.Is("ben@corp.test").ShouldBeFalse();
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true)]
    [InlineData("text/*", true)]
    [InlineData("text/html;q=0.5, application/json", false)]
    [InlineData("application/json", false)]
    [InlineData("*/*", false)]
    [InlineData("nonsense", false)]
    [InlineData(null, false)]
    public void A_browser_gets_a_page_and_a_program_json(string? accept, bool isHtml)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Accept = accept;

        AcceptedForm.PrefersHtml(context.Request).ShouldBe(isHtml);
    }

    [Fact]
    public void Nothing_that_others_say_is_markup_in_the_page()
    {
        var page = ConnectionPage.Refused(ConnectionRefusal.OfAuthorization("access_denied", "<script>alert('x')</script>"));

        page.ShouldNotContain("<script");
        page.ShouldContain("&lt;script&gt;");
    }

    [Theory]
    [InlineData("revoked", "active", true)]
    [InlineData("revoked", "paused", true)]
    [InlineData("revoked", null, false)]
    [InlineData("paused", "active", false)]
    [InlineData("active", "active", false)]
    public void A_revoked_account_becomes_active_only_by_connecting_it_again(string current, string? wanted, bool isRefused) =>
        (AccountChange.Refusal(current, wanted) is not null).ShouldBe(isRefused);

    [Theory]
    [InlineData("active", "paused", false, true)]
    [InlineData("paused", "active", true, false)]
    [InlineData("active", "active", false, false)]
    [InlineData("paused", "paused", false, false)]
    [InlineData("paused", null, false, false)]
    public void What_follows_from_a_change_follows_once(string current, string? wanted, bool resumes, bool pauses)
    {
        AccountChange.Resumes(current, wanted).ShouldBe(resumes);
        AccountChange.Pauses(current, wanted).ShouldBe(pauses);
    }
}

using System.Net;
using System.Text;
using System.Text.Json;
using System.Web;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Email;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Tests.Unit.Providers;

/// <summary>What the authority of any provider is asked, and what its answers mean.</summary>
public sealed class OAuthProviderTests : IDisposable
{
    private static readonly OAuthProvider Google = MailProviders.OfGmail(new()
    {
        ApiBaseUrl = new("https://gmail.test"),
        AuthorizationUrl = new("https://login.test/auth"),
        TokenUrl = new("https://login.test/token"),
        ClientId = "app",
        ClientSecret = "secret",
    });

    private static readonly OAuthProvider Microsoft = MailProviders.OfMicrosoft(new()
    {
        ApiBaseUrl = new("https://graph.test/"),
        Authority = new("https://login.test/common/"),
        ClientId = "app",
    });

    private readonly Authority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void An_account_holder_is_sent_with_all_that_it_takes_and_asked_which_account()
    {
        var url = Microsoft.Authorization("https://edge.test/callback?a=b", "the state", "verifier", "ann+1@example.com");

        url.GetLeftPart(UriPartial.Path).ShouldBe("https://login.test/common/oauth2/v2.0/authorize");
        Read(url.Query).ShouldBe(
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
                ["prompt"] = "select_account",
                ["login_hint"] = "ann+1@example.com",
            },
            ignoreOrder: true);
    }

    [Fact]
    public void Google_is_asked_for_a_refresh_token_and_without_an_address_nobody_is_hinted_at()
    {
        var query = Read(Google.Authorization("https://edge.test/callback", "state", "verifier", null).Query);

        query["access_type"].ShouldBe("offline");
        query["prompt"].ShouldBe("select_account consent");
        query["scope"].ShouldBe("https://www.googleapis.com/auth/gmail.readonly");
        query.ShouldNotContainKey("login_hint");
    }

    [Fact]
    public async Task A_code_is_exchanged_with_its_verifier()
    {
        _authority.Answers(200, """{"access_token":"access","refresh_token":"refresh","expires_in":"3599"}""");

        (await Client.ExchangeAsync(Google, "the code", "the verifier", "https://edge.test/callback", default))
            .ShouldBe(new OAuthGrant("access", "refresh", 3_599));

        Read(_authority.Asked.ShouldHaveSingleItem()).ShouldBe(
            new Dictionary<string, string>
            {
                ["grant_type"] = "authorization_code",
                ["code"] = "the code",
                ["redirect_uri"] = "https://edge.test/callback",
                ["code_verifier"] = "the verifier",
                ["client_id"] = "app",
                ["client_secret"] = "secret",
            },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"Token has been expired or revoked."}""", true)]
    [InlineData(401, """{"error":"interaction_required"}""", true)]
    [InlineData(401, """{"error":"invalid_client"}""", false)]
    [InlineData(400, "<html>Bad Request</html>", false)]
    [InlineData(401, "", false)]
    [InlineData(403, """{"error":"invalid_grant"}""", false)]
    [InlineData(503, """{"error":"invalid_grant"}""", false)]
    public async Task A_grant_is_revoked_only_by_the_authoritys_own_code(int status, string body, bool isRevoked)
    {
        _authority.Answers(status, body);

        ((await FailureAsync()).Kind == FailureKind.GrantRevoked).ShouldBe(isRevoked);
    }

    [Theory]
    [InlineData(429, """{"error":"rate_limit_exceeded"}""", FailureKind.Throttled)]
    [InlineData(400, """{"error":"temporarily_unavailable"}""", FailureKind.Transient)]
    [InlineData(500, "", FailureKind.Transient)]
    [InlineData(504, "<html>", FailureKind.UnknownOutcome)]
    [InlineData(200, "<html>", FailureKind.Transient)]
    [InlineData(200, "{}", FailureKind.Transient)]
    [InlineData(200, "null", FailureKind.Transient)]
    [InlineData(400, """{"error":"invalid_request"}""", FailureKind.Permanent)]
    public async Task What_goes_wrong_is_one_kind_of_failure(int status, string body, FailureKind kind)
    {
        _authority.Answers(status, body);

        (await FailureAsync()).Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData("""{"mail":"Ann@Example.com","userPrincipalName":"ann@corp.test"}""", "ann@example.com")]
    [InlineData("""{"mail":null,"userPrincipalName":"Ann@Corp.test"}""", "ann@corp.test")]
    [InlineData("""{"mail":null,"userPrincipalName":null}""", null)]
    [InlineData("""{"mail":"no address"}""", null)]
    [InlineData("""{"mail":17}""", null)]
    public async Task A_mailbox_of_Microsoft_is_kept_by_its_address_or_the_name_of_its_user(string profile, string? expected)
    {
        _authority.Answers(200, profile);

        ((await Client.ProfileAsync(Microsoft, "access", default))?.Name).ShouldBe(expected);
        _authority.Asked.ShouldHaveSingleItem().ShouldBe("Bearer access https://graph.test/v1.0/me?$select=mail,userPrincipalName");
    }

    [Fact]
    public void A_mailbox_is_known_by_either_of_its_names()
    {
        using var json = JsonDocument.Parse("""{"mail":"ann.smith@example.com","userPrincipalName":"ann@corp.test"}""");
        var profile = Microsoft.ReadProfile(json.RootElement)!;

        profile.Is("ANN@corp.test").ShouldBeTrue();
        profile.Is("ann.smith@example.com").ShouldBeTrue();
        profile.Is("ben@corp.test").ShouldBeFalse();
    }

    [Fact]
    public async Task A_mailbox_of_Gmail_is_kept_by_its_address()
    {
        _authority.Answers(200, """{"emailAddress":"Ann@Gmail.com","historyId":"7"}""");

        (await Client.ProfileAsync(Google, "access", default))!.Name.ShouldBe("ann@gmail.com");
    }

    private OAuthClient Client => new(_authority, new FakeTimeProvider());

    private Task<ProviderException> FailureAsync() =>
        Should.ThrowAsync<ProviderException>(() => Client.RefreshAsync(Google, "refresh", default));

    private static Dictionary<string, string> Read(string form)
    {
        var values = HttpUtility.ParseQueryString(form);
        return values.AllKeys.ToDictionary(key => key!, key => values[key]!);
    }

    /// <summary>An authority that answers what a test tells it to, and remembers what it was asked.</summary>
    private sealed class Authority : HttpMessageHandler, IHttpClientFactory
    {
        private Func<HttpResponseMessage>? _answer;

        public List<string> Asked { get; } = [];

        public void Answers(int status, string body) => _answer = () =>
            new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.Content is { } form
                ? await form.ReadAsStringAsync(cancellationToken)
                : $"{request.Headers.Authorization} {request.RequestUri}");
            return _answer!();
        }
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Net.Http.Headers;
using Switchboard.Core.Email;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Platform;
using Switchboard.Edge.Api.Platform.Connections;

namespace Switchboard.Tests.Unit.Email.Accounts;

public sealed class AccountConnectionTests
{
    // RFC 7636, appendix B
    [Fact]
    public void The_challenge_of_a_verifier_is_that_of_the_standard() =>
        Pkce.Challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").ShouldBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");

    [Fact]
    public void Verifiers_and_states_are_of_256_bits_and_never_the_same()
    {
        string[] made = [Pkce.RandomToken(), Pkce.RandomToken(), Pkce.RandomToken(), Pkce.RandomToken()];

        made.ShouldAllBe(text => text.Length == 43);
        made.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void Only_the_hash_of_a_state_is_known_here()
    {
        var state = Pkce.RandomToken();

        Pkce.Hash(state)!.Length.ShouldBe(32);
        Pkce.Hash(state).ShouldBe(Pkce.Hash(state));
        Pkce.Hash(state).ShouldNotBe(Pkce.Hash(Pkce.RandomToken()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    public void What_cannot_be_a_state_is_not_looked_for(string? state) => Pkce.Hash(state).ShouldBeNull();

    [Fact]
    public void An_authorization_is_ended_only_in_the_browser_that_confirmed_it()
    {
        var browser = Pkce.RandomToken();
        var pending = new PendingConnection(
            Guid.Empty, Guid.Empty, "gmail", [], "https://edge.test/callback", null, null, DateTimeOffset.MaxValue, Pkce.Hash(browser));

        pending.IsConfirmedBy(browser).ShouldBeTrue();
        pending.IsConfirmedBy(Pkce.RandomToken()).ShouldBeFalse();
        pending.IsConfirmedBy(null).ShouldBeFalse();
        (pending with { BrowserHash = null }).IsConfirmedBy(browser).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null, "http://localhost:5080")]
    [InlineData("https://public.test/edge/", "https://public.test/edge")]
    public void Browsers_are_sent_to_the_configured_address_or_to_that_of_the_request(string? publicBaseUrl, string expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("localhost:5080");

        ConnectionSubject.Edge(publicBaseUrl is null ? null : new(publicBaseUrl), context.Request).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Development", "switchboard-connect", false)]
    [InlineData("Production", "__Host-switchboard-connect", true)]
    public void The_cookie_of_a_browser_is_short_lived_and_nothing_but_the_edge_reads_it(string environment, string name, bool isSecure)
    {
        var context = new DefaultHttpContext();
        new BrowserCookie(new HostingEnvironment { EnvironmentName = environment }).Ensure(context);

        var cookie = SetCookieHeaderValue.Parse(context.Response.Headers.SetCookie.ToString());
        cookie.Name.ShouldBe(name);
        cookie.Value.Length.ShouldBe(43);
        cookie.HttpOnly.ShouldBeTrue();
        cookie.Secure.ShouldBe(isSecure);
        cookie.SameSite.ShouldBe(Microsoft.Net.Http.Headers.SameSiteMode.Lax);
        cookie.MaxAge.ShouldBe(TimeSpan.FromMinutes(10));
        cookie.Domain.HasValue.ShouldBeFalse();
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
    [InlineData(FailureKind.Permanent, 401, "invalid_client", 502, false)]
    [InlineData(FailureKind.Permanent, 400, null, 502, false)]
    [InlineData(FailureKind.Throttled, 429, "temporarily_unavailable", 503, true)]
    [InlineData(FailureKind.Transient, 400, "temporarily_unavailable", 503, true)]
    [InlineData(FailureKind.Transient, 500, null, 503, true)]
    [InlineData(FailureKind.UnknownOutcome, 504, "anything", 503, true)]
    [InlineData(FailureKind.UnknownOutcome, null, null, 503, true)]
    public void A_code_that_is_not_exchanged_says_why(FailureKind kind, int? status, string? code, int expected, bool mayPass)
    {
        var refusal = ConnectionRefusal.OfToken(new(kind, "because", status, Code: code));

        refusal.Status.ShouldBe(expected);
        (refusal.RetryAfterSeconds is not null).ShouldBe(mayPass);
    }

    [Fact]
    public void A_code_that_is_not_good_any_more_is_asked_for_again() =>
        ConnectionRefusal.OfToken(new(FailureKind.GrantRevoked, "because", 400)).Type.ShouldBe(ProblemKinds.ConnectionEnded);

    [Theory]
    [InlineData(FailureKind.Unauthorized, 401, 403)]
    [InlineData(FailureKind.Permanent, 403, 403)]
    [InlineData(FailureKind.Permanent, 404, 502)]
    [InlineData(FailureKind.Throttled, 429, 503)]
    [InlineData(FailureKind.Transient, 503, 503)]
    public void That_the_provider_does_not_say_whose_mailbox_it_is_says_why(FailureKind kind, int status, int expected) =>
        ConnectionRefusal.OfProfile(new(kind, "because", status), ConnectionSubject.Mailbox).Status.ShouldBe(expected);

    [Theory]
    [InlineData(7.2, 8)]
    [InlineData(0.1, 1)]
    [InlineData(1e6, 600)]
    public void When_to_come_back_is_as_the_authority_says_within_bounds(double said, int expected) =>
        ConnectionRefusal.OfToken(new(FailureKind.Throttled, "later", 429, TimeSpan.FromSeconds(said))).RetryAfterSeconds.ShouldBe(expected);

    [Fact]
    public void What_the_authority_says_is_cut_and_never_within_a_letter()
    {
        ConnectionRefusal.OfAuthorization("access_denied", new string('x', 100_000)).Detail.Length.ShouldBeLessThan(1_000);
        // 15: "access_denied, "
        ConnectionRefusal.OfAuthorization("access_denied", new string('x', 400 - 15 - 1) + "🦊🦊").Detail.ShouldContain("xxx… ");
    }

    [Fact]
    public void A_missing_authorization_has_its_own_type() => new[]
    {
        ConnectionRefusal.NoRefreshToken, ConnectionRefusal.OfAuthorization("access_denied", null),
        ConnectionRefusal.OfProfile(new(FailureKind.Permanent, "because", 403), ConnectionSubject.SocialAccount),
    }.ShouldAllBe(refusal => refusal.Type == ProblemKinds.NotConsented);

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
    public void Nothing_that_others_say_is_markup_in_a_page()
    {
        const string Markup = "<script>alert('x')</script>";
        var context = new DefaultHttpContext();
        context.Request.Headers.Accept = "text/html";
        var pending = new PendingConnection(
            Guid.Empty, Guid.Empty, "gmail", [], "https://edge.test/callback", Markup, null, DateTimeOffset.MaxValue, null, Markup, Markup);

        string[] pages =
        [
            Text(ConnectionPage.Refused(context, ConnectionSubject.Mailbox, ConnectionRefusal.OfAuthorization("access_denied", Markup))),
            Text(ConnectionPage.Confirm(context, ConnectionSubject.Mailbox, pending, MailProviders.OfGmail(Gmail), $"/connect?state={Markup}")),
        ];

        foreach (var page in pages)
        {
            page.ShouldNotContain("<script");
            page.ShouldContain("&lt;script&gt;");
        }
    }

    [Fact]
    public void The_page_says_who_asks_for_what_and_may_lead_to_the_provider_alone()
    {
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString("edge.test");
        var pending = new PendingConnection(
            Guid.Empty, Guid.Empty, "gmail", [], "https://edge.test/callback", "ann@example.com", null, DateTimeOffset.MaxValue, null, "Ben",
            "ben@corp.test");

        var page = Text(ConnectionPage.Confirm(context, ConnectionSubject.Mailbox, pending, MailProviders.OfGmail(Gmail), "/connect?state=s"));

        foreach (var said in new[] { "Ben", "ben@corp.test", "ann@example.com", "Google", "edge.test", """<html lang="en">""", "<h1>" })
            page.ShouldContain(said);
        page.ShouldContain("""<form method="post" action="/connect?state=s">""");
        var policy = context.Response.Headers.ContentSecurityPolicy.ToString();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldContain("form-action 'self' https: https://accounts.google.com");
        context.Response.Headers.CacheControl.ToString().ShouldBe("no-store");
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

    private static string Text(IResult page) => page.ShouldBeOfType<ContentHttpResult>().ResponseContent!;

    private static MailProviderOptions Gmail => new()
    {
        ApiBaseUrl = new("https://gmail.test"),
        AuthorizationUrl = new("https://accounts.google.com/o/oauth2/v2/auth"),
        TokenUrl = new("https://login.test/token"),
    };
}

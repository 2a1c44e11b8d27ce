using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Switchboard.Edge.Api.Webhooks.Twilio;

namespace Switchboard.Tests.Unit.Webhooks;

public sealed class SignedUrlCandidatesTests
{
    [Theory]
    [InlineData("http://localhost:5080", "http://localhost:5080/p?q=1", "http://localhost/p?q=1")]
    [InlineData("http://example.test", "http://example.test/p?q=1", "http://example.test:80/p?q=1")]
    [InlineData("https://public.test", "https://public.test/p?q=1", "https://public.test:443/p?q=1")]
    [InlineData("https://public.test/", "https://public.test/p?q=1", "https://public.test:443/p?q=1")]
    [InlineData("https://public.test:443", "https://public.test:443/p?q=1", "https://public.test/p?q=1")]
    [InlineData("https://public.test:8443/edge", "https://public.test:8443/edge/p?q=1", "https://public.test/edge/p?q=1")]
    [InlineData("https://user:pass@public.test", "https://user:pass@public.test/p?q=1", "https://user:pass@public.test:443/p?q=1")]
    [InlineData("http://[::1]", "http://[::1]/p?q=1", "http://[::1]:80/p?q=1")]
    [InlineData("http://[::1]:5080", "http://[::1]:5080/p?q=1", "http://[::1]/p?q=1")]
    public void The_configured_address_counts_with_its_port_and_without_and_nothing_else(string configured, params string[] expected) =>
        SignedUrlCandidates.Of(configured, Request("/p?q=1")).ShouldBe(expected);

    [Theory]
    [InlineData("/%41%2f?b=%e4+%20&&c", "https://a.test/%41%2f?b=%e4+%20&&c")]
    [InlineData("http://other.test/p?q=1", "https://a.test/p?q=1")]
    [InlineData("http://other.test", "https://a.test/")]
    public void Path_and_query_stay_as_they_were_sent(string target, string expected) =>
        SignedUrlCandidates.Of("https://a.test", Request(target)).ShouldContain(expected);

    private static HttpRequest Request(string target)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("chosen.test");
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        return context.Request;
    }
}

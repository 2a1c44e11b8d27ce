using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Switchboard.Edge.Api.Webhooks.Twilio;

namespace Switchboard.Tests.Unit.Edge;

public sealed class SignedUrlCandidatesTests
{
    [Theory]
    [InlineData("http", "localhost:5080", "http://localhost:5080/p?q=1", "http://localhost/p?q=1")]
    [InlineData("https", "example.test", "https://example.test/p?q=1", "https://example.test:443/p?q=1")]
    [InlineData("http", "example.test", "http://example.test/p?q=1", "http://example.test:80/p?q=1")]
    [InlineData("https", "example.test:443", "https://example.test:443/p?q=1", "https://example.test/p?q=1")]
    [InlineData("http", "[::1]", "http://[::1]/p?q=1", "http://[::1]:80/p?q=1")]
    [InlineData("http", "[::1]:5080", "http://[::1]:5080/p?q=1", "http://[::1]/p?q=1")]
    public void The_address_of_a_request_counts_with_its_port_and_without(string scheme, string host, params string[] expected) =>
        SignedUrlCandidates.Of(null, Request(scheme, host, "/p?q=1")).ShouldBe(expected);

    [Theory]
    [InlineData("https://public.test", "https://public.test/p", "https://public.test:443/p")]
    [InlineData("https://public.test/", "https://public.test/p", "https://public.test:443/p")]
    [InlineData("https://public.test:8443/edge", "https://public.test:8443/edge/p", "https://public.test/edge/p")]
    [InlineData("https://user:pass@public.test", "https://user:pass@public.test/p", "https://user:pass@public.test:443/p")]
    public void The_configured_address_counts_beside_it(string configured, params string[] expected) =>
        SignedUrlCandidates.Of(configured, Request("http", "10.0.0.7:80", "/p"))
            .ShouldBe([.. expected, "http://10.0.0.7:80/p", "http://10.0.0.7/p"]);

    [Fact]
    public void Path_and_query_stay_as_they_were_sent() =>
        SignedUrlCandidates.Of(null, Request("http", "a.test:1", "/%41%2f?b=%e4+%20&&c")).ShouldContain("http://a.test:1/%41%2f?b=%e4+%20&&c");

    [Theory]
    [InlineData("http://other.test/p?q=1", "http://a.test:1/p?q=1")]
    [InlineData("http://other.test", "http://a.test:1/")]
    public void An_address_in_absolute_form_has_its_path_there(string target, string expected) =>
        SignedUrlCandidates.Of(null, Request("http", "a.test:1", target)).ShouldContain(expected);

    private static HttpRequest Request(string scheme, string host, string target)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = scheme;
        context.Request.Host = new HostString(host);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        return context.Request;
    }
}

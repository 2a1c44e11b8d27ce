using System.Net;
using System.Text.RegularExpressions;

namespace Switchboard.Tests.Edge;

/// <summary>An edge with a second port for HTTP/2 without TLS: what a proxy in front of it speaks.</summary>
public sealed partial class HttpVersionTests(HttpVersionTests.TwoPorts edge) : IClassFixture<HttpVersionTests.TwoPorts>
{
    [Fact]
    public async Task A_port_is_of_http_1_or_of_http_2_as_it_is_set_and_large_answers_are_compressed_on_both()
    {
        var (_, key) = await edge.NewUserAsync("admin");
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.AddressOf(version), "/openapi/v1.json"))
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Headers = { { "Authorization", $"Bearer {key}" }, { "Accept-Encoding", "br" } },
            };

            using var answer = await http.SendAsync(request);

            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Version.ShouldBe(version);
            answer.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        }
    }

    public sealed partial class TwoPorts : EdgeProcess
    {
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
        {
            ["Kestrel__Endpoints__Http__Url"] = "http://127.0.0.1:0",
            ["Kestrel__Endpoints__Http2__Url"] = "http://127.0.0.1:0",
            ["Kestrel__Endpoints__Http2__Protocols"] = "Http2",
        };

        public Uri AddressOf(Version version)
        {
            var addresses = Addresses().Matches(Output()).Select(match => new Uri(match.Groups[1].Value)).ToList();
            addresses.Count.ShouldBe(2);
            return addresses[version.Major - 1];
        }

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await SaysAsync("Application started");
        }

        [GeneratedRegex(@"Now listening on: (http://\S+)")]
        private static partial Regex Addresses();
    }
}

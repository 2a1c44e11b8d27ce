using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class HttpClientTests
{
    [Theory]
    [InlineData("https+http://edge-api/api/rules?limit=5", "http://127.0.0.1:5081/api/rules?limit=5")]
    [InlineData("http://EDGE-API/", "http://127.0.0.1:5081/")]
    [InlineData("https+http://both/", "https://127.0.0.1:5083/")]
    [InlineData("http://both/", "http://127.0.0.1:5082/")]
    [InlineData("https://graph.facebook.com/v21.0/messages", "https://graph.facebook.com/v21.0/messages")]
    public async Task Every_client_finds_services_by_name_and_leaves_other_hosts_as_they_are(string asked, string expected)
    {
        var far = new Far();
        await using var host = await StartAsync(far);

        using var answer = await Client(host).GetAsync(new Uri(asked));

        far.Asked.ShouldBe([expected]);
    }

    [Fact]
    public async Task Every_client_says_who_it_is()
    {
        var far = new Far();
        await using var host = await StartAsync(far);

        using var answer = await Client(host).GetAsync(new Uri("http://edge-api/"));

        far.UserAgent.ShouldStartWith("Switchboard/");
        far.UserAgent.ShouldNotContain("+");
    }

    [Fact]
    public async Task An_attempt_that_fails_is_made_again_at_another_instance()
    {
        var far = new Far { Failures = 1 };
        await using var host = await StartAsync(far);

        using var answer = await Client(host).GetAsync(new Uri("http://twice/"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        far.Asked.Order().ShouldBe(["http://127.0.0.1:1/", "http://127.0.0.1:2/"]);
    }

    [Fact]
    public async Task What_may_have_taken_effect_is_sent_once()
    {
        var far = new Far { Failures = 1 };
        await using var host = await StartAsync(far);

        using var answer = await Client(host).PostAsync(new Uri("http://twice/"), content: null);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        far.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_change_of_the_configuration_is_followed()
    {
        var far = new Far();
        await using var host = await StartAsync(far);
        using (await Client(host).GetAsync(new Uri("http://edge-api/")))
        {
        }

        host.App.Configuration["services:edge-api:http:0"] = "http://127.0.0.1:6000";
        ((IConfigurationRoot)host.App.Configuration).Reload();
        using (await Client(host).GetAsync(new Uri("http://edge-api/")))
        {
        }

        far.Asked.ShouldBe(["http://127.0.0.1:5081/", "http://127.0.0.1:6000/"]);
    }

    private static HttpClient Client(DefaultsHost host) =>
        host.App.Services.GetRequiredService<IHttpClientFactory>().CreateClient("any");

    private static Task<DefaultsHost> StartAsync(Far far) => DefaultsHost.StartAsync(
        b => b.Services.AddHttpClient("any").ConfigurePrimaryHttpMessageHandler(() => far),
        settings: new()
        {
            ["services:edge-api:http:0"] = "http://127.0.0.1:5081",
            ["services:both:http:0"] = "http://127.0.0.1:5082",
            ["services:both:https:0"] = "https://127.0.0.1:5083",
            ["services:twice:http:0"] = "http://127.0.0.1:1",
            ["services:twice:http:1"] = "http://127.0.0.1:2",
        });

    private sealed class Far : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        public int Failures { get; set; }

        public string UserAgent { get; private set; } = "";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.ToString());
            UserAgent = request.Headers.UserAgent.ToString();
            var response = new HttpResponseMessage(Failures-- > 0 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
            response.Headers.RetryAfter = new(TimeSpan.Zero);
            return Task.FromResult(response);
        }
    }
}

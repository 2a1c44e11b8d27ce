using Microsoft.Extensions.Configuration;
using Switchboard.ServiceDefaults.Http;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class ServiceDiscoveryTests
{
    [Fact]
    public void A_name_is_where_the_configuration_says()
    {
        using var endpoints = Endpoints(("services:edge-api:http:0", "http://127.0.0.1:5080"));

        Resolve(endpoints, "http://edge-api/api/rules?limit=5").ShouldBe("http://127.0.0.1:5080/api/rules?limit=5");
        Resolve(endpoints, "http://EDGE-API/").ShouldBe("http://127.0.0.1:5080/");
    }

    [Fact]
    public void Instances_take_turns()
    {
        using var endpoints = Endpoints(
            ("services:edge:http:0", "http://a:1"), ("services:edge:http:1", "http://b:2"), ("services:edge:http:2", "c:3"));

        Enumerable.Range(0, 6).Select(_ => Resolve(endpoints, "http://edge/")).Order()
            .ShouldBe(["http://a:1/", "http://a:1/", "http://b:2/", "http://b:2/", "http://c:3/", "http://c:3/"]);
    }

    [Theory]
    [InlineData("https+http://edge/", "https://a:2/")]
    [InlineData("http+https://edge/", "http://a:1/")]
    [InlineData("https+http://plain/", "http://b:3/")]
    public void Of_several_schemes_the_first_that_the_service_has_is_taken(string uri, string expected)
    {
        using var endpoints = Endpoints(
            ("services:edge:http:0", "http://a:1"), ("services:edge:https:0", "https://a:2"), ("services:plain:http:0", "http://b:3"));

        Resolve(endpoints, uri).ShouldBe(expected);
    }

    [Theory]
    [InlineData("https://graph.facebook.com/v21.0/messages")]
    [InlineData("https://edge/")]
    public void What_is_no_known_service_stays(string uri)
    {
        using var endpoints = Endpoints(("services:edge:http:0", "http://a:1"));

        Resolve(endpoints, uri).ShouldBeNull();
    }

    [Fact]
    public void A_change_of_the_configuration_is_followed()
    {
        var configuration = new ConfigurationManager { ["services:edge:http:0"] = "http://a:1" };
        using var endpoints = new ServiceEndpoints(configuration);
        Resolve(endpoints, "http://edge/").ShouldBe("http://a:1/");

        configuration["services:edge:http:0"] = "http://b:2";
        ((IConfigurationRoot)configuration).Reload();

        Resolve(endpoints, "http://edge/").ShouldBe("http://b:2/");
    }

    private static string? Resolve(ServiceEndpoints endpoints, string uri) => endpoints.Resolve(new Uri(uri))?.ToString();

    private static ServiceEndpoints Endpoints(params (string Key, string Value)[] settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build());
}

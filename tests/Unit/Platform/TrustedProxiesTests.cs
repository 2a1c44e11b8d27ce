using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Platform;

/// <summary>Whose forwarded headers are believed, deployed as the app host does it: with ASPNETCORE_FORWARDEDHEADERS_ENABLED.</summary>
public sealed class TrustedProxiesTests
{
    [Theory]
    [InlineData("10.1.2.3", "https://public.test from 203.0.113.9", "10.1.2.3")]
    [InlineData("10.1.2.3", "https://public.test from 203.0.113.9", "10.0.0.0/8")]
    [InlineData("::ffff:10.1.2.3", "https://public.test from 203.0.113.9", "192.0.2.1", "10.0.0.0/8")]
    [InlineData("10.1.2.3", "https://public.test from 203.0.113.9", "192.0.2.1, 10.0.0.0/8")]
    [InlineData("10.1.2.3", "http://localhost from 10.1.2.3")]
    [InlineData("127.0.0.1", "http://localhost from 127.0.0.1")]
    [InlineData("127.0.0.1", "http://localhost from 127.0.0.1", "10.0.0.0/8")]
    public async Task Only_who_is_named_is_believed(string sender, string seen, params string[] trusted) =>
        (await AskAsync(sender, trusted)).ShouldBe(seen);

    [Theory]
    [InlineData("proxy.test")]
    [InlineData("10.0.0.0/33")]
    [InlineData("")]
    public async Task What_is_no_address_ends_the_start(string trusted) =>
        (await Should.ThrowAsync<OptionsValidationException>(() => AskAsync("127.0.0.1", trusted))).Message.ShouldContain("Proxies:Trusted");

    private static async Task<string> AskAsync(string sender, params string[] trusted)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(
        [
            new("FORWARDEDHEADERS_ENABLED", "true"),
            .. trusted.Select((one, index) => new KeyValuePair<string, string?>($"Proxies:Trusted:{index}", one)),
        ]);
        builder.Services.AddTrustedProxies();
        await using var app = builder.Build();
        app.UseTrustedProxies();
        app.Run(context => context.Response.WriteAsync(
            $"{context.Request.Scheme}://{context.Request.Host} from {context.Connection.RemoteIpAddress}"));
        await app.StartAsync();

        using var body = new StreamReader((await app.GetTestServer().SendAsync(context =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(sender);
            context.Request.Scheme = "http";
            context.Request.Host = new HostString("localhost");
            context.Request.Headers["X-Forwarded-Proto"] = "https";
            context.Request.Headers["X-Forwarded-Host"] = "public.test";
            context.Request.Headers["X-Forwarded-For"] = "203.0.113.9";
        })).Response.Body);
        return await body.ReadToEndAsync();
    }
}

using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Switchboard.Edge.Api.Webhooks;
using Switchboard.Edge.Api.Webhooks.Twilio;

namespace Switchboard.Tests.Unit.Webhooks;

public sealed class TwilioRequestsTests : IDisposable
{
    private const string Token = "demo-twilio-token";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TwilioRequests _requests;

    public TwilioRequestsTests() => _requests = new(
        Options.Create(new TwilioWebhookOptions { AccountSid = "ACdemo", AuthToken = Token, PublicBaseUrl = "https://public.test" }),
        new WebhookMetrics(_services.GetRequiredService<IMeterFactory>()));

    [Theory]
    [InlineData("https://public.test/api/sms/webhook?x=%20y")]
    [InlineData("https://public.test:443/api/sms/webhook?x=%20y")]
    public async Task A_form_is_taken_by_the_address_with_its_port_and_without(string address)
    {
        var (parameters, refusal) = await _requests.ReadAsync(Form("AccountSid=ACdemo&Body=a%00+b", address, "AccountSidACdemoBodya\0 b"), default);

        refusal.ShouldBeNull();
        parameters.ShouldNotBeNull()["Body"].ShouldBe("a\0 b");
    }

    [Fact]
    public async Task What_is_not_ours_gets_the_same_answer_whatever_is_wrong()
    {
        const string Address = "https://public.test/api/sms/webhook?x=%20y";
        HttpContext[] wrong =
        [
            Form("Body=a", Address, "Bodyb"),
            Form("AccountSid=ACother", Address, "AccountSidACother"),
            // the address that the request itself names
            Form("Body=a", "http://10.0.0.7:8080/api/sms/webhook?x=%20y", "Bodya"),
            Form("Body=a", "https://elsewhere.test/api/sms/webhook?x=%20y", "Bodya"),
            Request("Body=a", TwilioRequests.Form, signature: null),
            Request("{\"a\":", TwilioRequests.Json, "x"),
        ];

        var answers = new List<string>();
        foreach (var context in wrong)
        {
            var (parameters, refusal) = await _requests.ReadAsync(context, default);
            parameters.ShouldBeNull();
            answers.Add(JsonSerializer.Serialize(refusal.ShouldBeOfType<ProblemHttpResult>().ProblemDetails));
            refusal.StatusCode.ShouldBe(403);
        }

        answers.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Json_that_is_signed_and_is_none_is_told_so()
    {
        const string Body = "{\"a\":";
        var path = $"/api/sms/webhook?bodySHA256={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body)))}";
        var (parameters, refusal) = await _requests.ReadAsync(
            Request(Body, "application/json; charset=utf-8", Sign($"https://public.test{path}"), path), default);

        parameters.ShouldBeNull();
        refusal.ShouldNotBeNull().StatusCode.ShouldBe(400);
    }

    public void Dispose() => _services.Dispose();

    private static DefaultHttpContext Form(string body, string address, string fields) => Request(body, TwilioRequests.Form, Sign(address + fields));

    private static DefaultHttpContext Request(string body, string contentType, string? signature, string target = "/api/sms/webhook?x=%20y")
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("10.0.0.7:8080");
        (context.Request.Path, context.Request.QueryString) = (target.Split('?')[0], new QueryString("?" + target.Split('?')[1]));
        context.Request.ContentType = contentType;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        if (signature is not null)
            context.Request.Headers[TwilioSignature.Header] = signature;
        return context;
    }

#pragma warning disable CA5350 // the provider's choice
    private static string Sign(string text) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(Token), Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}

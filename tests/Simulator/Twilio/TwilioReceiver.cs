using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Switchboard.Tests.Simulator.Twilio;

/// <summary>The edge's side of Twilio: takes SMS and statuses and answers TwiML as a test wants.</summary>
internal sealed class TwilioReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<TwilioCall> _texts = Channel.CreateUnbounded<TwilioCall>();
    private readonly Channel<TwilioCall> _statuses = Channel.CreateUnbounded<TwilioCall>();
    private readonly ConcurrentQueue<int> _answers = new();

    private TwilioReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPost("/api/sms/webhook", context => ReceiveAsync(context, _texts));
        _app.MapPost("/api/sms/status", context => ReceiveAsync(context, _statuses));
    }

    public string Url => _app.Urls.First();

    /// <summary>What is answered to SMS.</summary>
    public string Twiml { get; set; } = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

    public static async Task<TwilioReceiver> StartAsync()
    {
        var receiver = new TwilioReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    public void AnswerNext(params int[] statuses)
    {
        foreach (var status in statuses)
            _answers.Enqueue(status);
    }

    public Task<TwilioCall> NextTextAsync() => NextAsync(_texts);

    public Task<TwilioCall> NextStatusAsync() => NextAsync(_statuses);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Task<TwilioCall> NextAsync(Channel<TwilioCall> calls) => calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    private async Task ReceiveAsync(HttpContext context, Channel<TwilioCall> calls)
    {
        using var body = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers;
        await calls.Writer.WriteAsync(new TwilioCall(
            context.Request.GetDisplayUrl(),
            context.Request.ContentType ?? "",
            headers["X-Twilio-Signature"].ToString(),
            headers["I-Twilio-Idempotency-Token"].ToString(),
            await body.ReadToEndAsync()));
        context.Response.StatusCode = _answers.TryDequeue(out var status) ? status : 200;
        context.Response.ContentType = "text/xml";
        await context.Response.WriteAsync(Twiml);
    }
}

/// <summary>A call of Twilio's that came in, with the address as it was called.</summary>
internal sealed record TwilioCall(string Url, string ContentType, string Signature, string IdempotencyToken, string Body)
{
    public bool IsJson => ContentType.StartsWith("application/json", StringComparison.Ordinal);

    public IReadOnlyDictionary<string, string> Parameters => IsJson
        ? JsonNode.Parse(Body)!.AsObject().ToDictionary(parameter => parameter.Key, parameter => (string)parameter.Value!)
        : QueryHelpers.ParseQuery(Body).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString());

    public string this[string name] => Parameters[name];

    /// <summary>Whether it is signed as Twilio's security guide has it, worked out here from the guide alone.</summary>
    public bool IsSigned(string token = "demo-twilio-token")
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body)));
        if (IsJson && !Url.EndsWith("bodySHA256=" + hash, StringComparison.Ordinal))
            return false;
        var signed = IsJson ? Url : Url + string.Concat(
            Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal).Select(parameter => parameter.Key + parameter.Value));
#pragma warning disable CA5350 // the hash is Twilio's choice
        return Signature == Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(signed)));
#pragma warning restore CA5350
    }
}

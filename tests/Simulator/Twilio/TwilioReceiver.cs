using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace Switchboard.Tests.Simulator.Twilio;

/// <summary>The edge's side of Twilio: takes texts and statuses and answers TwiML as a test wants.</summary>
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

    /// <summary>What is answered to texts.</summary>
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

    private static Task<TwilioCall> NextAsync(Channel<TwilioCall> calls) => calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

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

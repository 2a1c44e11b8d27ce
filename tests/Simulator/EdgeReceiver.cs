using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Switchboard.Tests.Simulator;

/// <summary>Stands where the product's edge is: takes webhooks on a free port and answers as a test wants.</summary>
internal sealed class EdgeReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<Webhook> _received = Channel.CreateUnbounded<Webhook>();
    private readonly ConcurrentQueue<int> _answers = new();

    private EdgeReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPost("/api/webhooks/{provider}", ReceiveAsync);
        _app.MapGet("/media/{name}", (string name) => Results.Bytes(FileOf(name)));
    }

    public string Url => _app.Urls.First();

    /// <summary>What the handshake of a subscription is answered with; null for the token itself, as it should be.</summary>
    public string? Echo { get; set; }

    /// <summary>What is answered once the queue of <see cref="AnswerNext"/> is empty.</summary>
    public int Answer { get; set; } = 204;

    public static async Task<EdgeReceiver> StartAsync()
    {
        var receiver = new EdgeReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    public void AnswerNext(params int[] statuses)
    {
        foreach (var status in statuses)
        {
            _answers.Enqueue(status);
        }
    }

    /// <summary>A file, as its name says: it begins as such files do. Others are not there.</summary>
    public static byte[] FileOf(string name) => Path.GetExtension(name) switch
    {
        ".jpg" => [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[2_000]],
        ".png" => [0x89, .. "PNG\r\n\u001a\n"u8, .. new byte[2_000]],
        _ => [0, 0, 0, 24, .. "ftypisom"u8, .. new byte[2_000]],
    };

    /// <summary>Waits for the next webhook.</summary>
    public async Task<Webhook> NextAsync() => await _received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Whether one is there that nobody has asked for.</summary>
    public bool HasMore => _received.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context, string provider)
    {
        if (context.Request.Query["validationToken"] is [{ } token])
        {
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(Echo ?? token);
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        context.Response.StatusCode = _answers.TryDequeue(out var status) ? status : Answer;
        await _received.Writer.WriteAsync(new Webhook(
            provider,
            context.Request.Headers.Authorization.ToString(),
            context.Request.Headers["X-Hub-Signature-256"].ToString(),
            body.ToArray()));
    }
}

/// <summary>A webhook that came in.</summary>
internal sealed record Webhook(string Provider, string Authorization, string Signature, byte[] Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>What Gmail says in a push.</summary>
    public JsonNode GmailData => JsonNode.Parse(Convert.FromBase64String(((string)Json["message"]!["data"]!).Replace('-', '+').Replace('_', '/')))!;

    public string GmailMessageId => (string)Json["message"]!["messageId"]!;

    /// <summary>What a WhatsApp callback tells, after its signature was checked.</summary>
    public IReadOnlyList<WebhookStatus> Statuses()
    {
        Signature.ShouldBe("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("demo-whatsapp-secret"), Body)));
        return Json["entry"]![0]!["changes"]![0]!["value"]!["statuses"].Deserialize<List<WebhookStatus>>(JsonSerializerOptions.Web)!;
    }
}

/// <summary>A status of a WhatsApp callback.</summary>
internal sealed record WebhookStatus(
    string Id,
    string Status,
    string Timestamp,
    [property: JsonPropertyName("recipient_id")] string RecipientId,
    [property: JsonPropertyName("biz_opaque_callback_data")] string? CallbackData);

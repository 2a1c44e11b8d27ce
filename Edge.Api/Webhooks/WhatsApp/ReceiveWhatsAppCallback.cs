using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Webhooks.WhatsApp;

/// <summary>
/// <c>POST /api/webhooks/whatsapp</c>: what became of messages. Verified by its signature, queued, answered at once; Meta
/// sends again what gets no 200.
/// </summary>
internal sealed class ReceiveWhatsAppCallback(
    IOptions<WhatsAppWebhookOptions> options, JobPublisher jobs, TimeProvider timeProvider, WebhookMetrics metrics)
    : EndpointWithoutRequest<Results<Ok, ProblemHttpResult>>
{
    // Meta's guide: payloads may have up to 3 MB
    private const int MaxBytes = 3 * 1024 * 1024;

    public override void Configure()
    {
        Post("/api/webhooks/whatsapp");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Webhooks", "Receive a callback of WhatsApp")
            .WithMetadata(new WebhookLimitAttribute())
            .Accepts<object>("application/json")
            .Produces(200).Refuses(400, 401, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        // nothing is read of a request without a signature
        var signature = HubSignature.Read(HttpContext.Request.Headers[HubSignature.Header]);
        if (signature is null)
            return Rejected();
        if (await WebhookBody.ReadAsync(HttpContext.Request, MaxBytes, ct) is not { } body)
            return WebhookBody.TooLong(MaxBytes);
        try
        {
            if (!HubSignature.Signs(signature, body, options.Value.AppSecret))
                return Rejected();

            var callback = WhatsAppCallback.Read(body, timeProvider.GetUtcNow());
            await HttpContext.CostsItemsAsync(callback.Updates.Count);
            foreach (var updates in callback.Updates.Chunk(WebhookBody.MaxItems))
                await jobs.PublishAsync(new ApplyDeliveryStatuses(Guid.CreateVersion7(timeProvider.GetUtcNow()), updates), ct);
            metrics.Accepted(WebhookSources.WhatsApp, callback.Updates.Count);
            metrics.Unreadable(WebhookSources.WhatsApp, callback.Unreadable);
            return TypedResults.Ok();
        }
        catch (JsonException exception)
        {
            return Problems.Invalid(JsonErrors.Of(exception));
        }
        finally
        {
            HttpContext.Request.BodyReader.AdvanceTo(body.End);
        }
    }

    private ProblemHttpResult Rejected()
    {
        metrics.Rejected(WebhookSources.WhatsApp);
        return Problems.For(StatusCodes.Status401Unauthorized, $"{HubSignature.Header} does not sign this body.");
    }
}

/// <summary>
/// The header <c>X-Hub-Signature-256: sha256=&lt;hex of HMAC-SHA256(app secret, raw body)&gt;</c>
/// (Meta's guide to webhooks, "Validate Payloads").
/// </summary>
internal static class HubSignature
{
    public const string Header = "X-Hub-Signature-256";

    private const string Prefix = "sha256=";

    /// <summary>The signature that the header carries; null when it carries none.</summary>
    public static byte[]? Read(string? header)
    {
        var signature = new byte[HMACSHA256.HashSizeInBytes];
        return header?.Length == Prefix.Length + 2 * signature.Length
            && header.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.FromHexString(header.AsSpan(Prefix.Length), signature, out _, out _) == OperationStatus.Done
                ? signature
                : null;
    }

    /// <summary>Whether it signs this body; compared in constant time.</summary>
    public static bool Signs(byte[] signature, ReadOnlySequence<byte> body, string secret)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        foreach (var part in body)
            hmac.AppendData(part.Span);
        return CryptographicOperations.FixedTimeEquals(hmac.GetHashAndReset(), signature);
    }
}

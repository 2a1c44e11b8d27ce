using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>Reads a request of Twilio, a form or JSON, and lets nothing through that our account did not sign.</summary>
internal sealed class TwilioRequests(IOptions<TwilioWebhookOptions> options, WebhookMetrics metrics)
{
    public const string Form = "application/x-www-form-urlencoded";
    public const string Json = "application/json";

    /// <summary>The parameters; or why there are none. Who did not sign is not told what was wrong.</summary>
    public async Task<(TwilioParameters? Parameters, ProblemHttpResult? Refusal)> ReadAsync(HttpContext context, CancellationToken cancellation)
    {
        var body = await context.Request.BodyReader.ReadToEndAsync(cancellation);
        try
        {
            return Read(context.Request, body) is { } parameters && IsOurs(parameters["AccountSid"])
                ? (parameters, null)
                : (null, Refused());
        }
        catch (JsonException exception)
        {
            return (null, Problems.Invalid(JsonErrors.Of(exception)));
        }
        finally
        {
            context.Request.BodyReader.AdvanceTo(body.End);
        }
    }

    // null when it is not signed; nothing of a body is believed before
    private TwilioParameters? Read(HttpRequest request, ReadOnlySequence<byte> body)
    {
        var header = request.Headers[TwilioSignature.Header].ToString();
        var token = options.Value.AuthToken;
        var addresses = SignedUrlCandidates.Of(options.Value.PublicBaseUrl, request);
        var bytes = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
        if (IsJson(request))
        {
            return TwilioSignature.SignsJson(header, token, addresses, bytes, request.Query[TwilioSignature.BodyHash])
                ? TwilioParameters.Of(body)
                : null;
        }

        var fields = FormBody.Parse(bytes);
        return TwilioSignature.SignsForm(header, token, addresses, fields) ? TwilioParameters.Of(fields) : null;
    }

    private bool IsOurs(string? account) => account is null || account == options.Value.AccountSid;

    private ProblemHttpResult Refused()
    {
        metrics.Rejected(WebhookSources.Twilio);
        return Problems.For(StatusCodes.Status403Forbidden, "This request is not taken.");
    }

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && string.Equals(type.MediaType, Json, StringComparison.OrdinalIgnoreCase);
}

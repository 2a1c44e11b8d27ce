using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ValidationContext = System.ComponentModel.DataAnnotations.ValidationContext;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>Reads a request of Twilio, a form or JSON, and lets nothing through that our account did not sign.</summary>
internal sealed class TwilioRequests(IOptions<TwilioWebhookOptions> options, WebhookMetrics metrics)
{
    public const string Form = "application/x-www-form-urlencoded";
    public const string Json = "application/json";

    private const int MaxFields = 200;

    /// <summary>The parameters; or why there are none. Without a signature the body is not read, and the answer does not say what was
    /// wrong.</summary>
    public async Task<(TwilioParameters? Parameters, ProblemHttpResult? Refusal)> ReadAsync(
        HttpContext context, CancellationToken cancellationToken)
    {
        if (!TwilioSignature.IsWellFormed(context.Request.Headers[TwilioSignature.Header]))
            return (null, Refused());
        if (await WebhookBody.ReadAsync(context.Request, WebhookBody.SmallBytes, cancellationToken) is not { } body)
            return (null, WebhookBody.TooLong(WebhookBody.SmallBytes));
        try
        {
            var isJson = IsJson(context.Request);
            if (!isJson && CountFields(body) > MaxFields)
                return (null, Problems.For(StatusCodes.Status400BadRequest, $"A form has at most {MaxFields} fields here."));
            return Read(context.Request, body, isJson) is { } parameters && IsOurs(parameters["AccountSid"])
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
    private TwilioParameters? Read(HttpRequest request, ReadOnlySequence<byte> body, bool isJson)
    {
        var header = request.Headers[TwilioSignature.Header].ToString();
        var token = options.Value.AuthToken;
        var addresses = SignedUrlCandidates.Of(options.Value.PublicBaseUrl, request);
        var bytes = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
        if (isJson)
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
        return Problems.For(StatusCodes.Status403Forbidden, "The request was rejected.");
    }

    private static int CountFields(ReadOnlySequence<byte> form)
    {
        var fields = 1;
        foreach (var part in form)
            fields += part.Span.Count((byte)'&');
        return fields;
    }

    private static bool IsJson(HttpRequest request) =>
        request.ContentType != Form && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && string.Equals(type.MediaType, Json, StringComparison.OrdinalIgnoreCase);
}

/// <summary>How requests of Twilio are verified; section <c>Twilio</c>.</summary>
internal sealed class TwilioWebhookOptions : IValidatableObject
{
    public const string Section = "Twilio";

    /// <summary>Our account: requests about another are refused.</summary>
    [Required(ErrorMessage = "Set Twilio:AccountSid to the account's SID.")]
    public string AccountSid { get; init; } = "";

    /// <summary>The account's token, which signs requests.</summary>
    [Required(ErrorMessage = "Set Twilio:AuthToken to the account's auth token.")]
    public string AuthToken { get; init; } = "";

    /// <summary>
    /// The edge as Twilio calls it, <c>https://switchboard.example</c>, with the path that a proxy takes off if it does: what Twilio signs.
    /// </summary>
    [Required(ErrorMessage = "Set Twilio:PublicBaseUrl to the address by which Twilio calls the edge.")]
    public string PublicBaseUrl { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(PublicBaseUrl)
            && (!Uri.TryCreate(PublicBaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query != ""))
            yield return new("Twilio:PublicBaseUrl must be an address such as https://switchboard.example.", [nameof(PublicBaseUrl)]);
    }
}

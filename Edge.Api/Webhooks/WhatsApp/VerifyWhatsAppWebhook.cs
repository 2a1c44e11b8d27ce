using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Webhooks.WhatsApp;

/// <summary>
/// <c>GET /api/webhooks/whatsapp</c>: Meta registers the webhook and wants its challenge back
/// (Meta's guide to webhooks, "Verification Requests").
/// </summary>
internal sealed class VerifyWhatsAppWebhook(IOptions<WhatsAppWebhookOptions> options, WebhookMetrics metrics)
    : EndpointWithoutRequest<Results<ContentHttpResult, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/webhooks/whatsapp");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Webhooks", "Answer the challenge of WhatsApp")
            .Produces<string>(200, "text/plain").Refuses(401, 429));
    }

    public override Task<Results<ContentHttpResult, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var query = HttpContext.Request.Query;
        return Task.FromResult<Results<ContentHttpResult, ProblemHttpResult>>(
            query["hub.mode"] == "subscribe" && IsToken(query["hub.verify_token"])
                ? TypedResults.Text(query["hub.challenge"].ToString(), "text/plain")
                : Rejected());
    }

    private ProblemHttpResult Rejected()
    {
        metrics.Rejected(WebhookSources.WhatsApp);
        return Problems.For(StatusCodes.Status401Unauthorized, "The verify token is wrong.");
    }

    private bool IsToken(string? given) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(given ?? ""), Encoding.UTF8.GetBytes(options.Value.VerifyToken));
}

/// <summary>How callbacks of WhatsApp are verified; section <c>WhatsApp</c>.</summary>
internal sealed class WhatsAppWebhookOptions
{
    public const string Section = "WhatsApp";

    /// <summary>The secret of the Meta app, which signs callbacks.</summary>
    [Required(ErrorMessage = "Set WhatsApp:AppSecret to the secret of the Meta app.")]
    public string AppSecret { get; init; } = "";

    /// <summary>What Meta must send to register the webhook.</summary>
    [Required(ErrorMessage = "Set WhatsApp:VerifyToken to the token that the webhook is registered with.")]
    public string VerifyToken { get; init; } = "";
}

using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Webhooks.WhatsApp;

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

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>How the pipelines of one name are told apart; null: there is but one.</summary>
internal sealed class PipelineKeyOptions
{
    public Func<HttpRequestMessage, string>? KeyProvider { get; set; }
}

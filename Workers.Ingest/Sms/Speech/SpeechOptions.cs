using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>Section <c>Speech</c>: how to reach Google's Speech-to-Text.</summary>
internal sealed class SpeechOptions
{
    public const string Section = "Speech";

    /// <summary>Where the API is; <c>/v1/speech:recognize</c> follows.</summary>
    [Required]
    [Url]
    public string BaseUrl { get; set; } = "https://speech.googleapis.com";

    /// <summary>The key of the project that pays.</summary>
    [Required(ErrorMessage = "Set Speech:ApiKey to a key of Google's Speech-to-Text API.")]
    public string ApiKey { get; set; } = "";

    /// <summary>The language that is spoken, by its BCP 47 name.</summary>
    [Required]
    public string LanguageCode { get; set; } = "en-US";

    /// <summary>How long a request may take; a minute of audio takes about half of one.</summary>
    [Range(1, 300)]
    public double TimeoutSeconds { get; set; } = 60;

    /// <summary>The wait while the key or its project needs the operator.</summary>
    [Range(1, 86_400)]
    public double AccountSeconds { get; set; } = 60;
}

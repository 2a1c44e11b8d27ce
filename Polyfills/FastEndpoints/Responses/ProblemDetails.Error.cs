using System.ComponentModel;
using System.Text.Json.Serialization;
using FluentValidation.Results;

namespace FastEndpoints;

public sealed partial class ProblemDetails
{
    /// <summary>One error.</summary>
    public sealed class Error
    {
        /// <summary>Creates an empty one.</summary>
        public Error()
        {
        }

        /// <summary>Creates one of a failure, its name going through the JSON naming policy.</summary>
        /// <param name="failure">The failure.</param>
        public Error(ValidationFailure failure)
        {
            Name = FieldNames.ToJson(failure.PropertyName);
            Reason = failure.ErrorMessage;
            Code = Settings.Errors.Problem.IndicateErrorCode ? failure.ErrorCode : null;
            Severity = Settings.Errors.Problem.IndicateErrorSeverity ? failure.Severity.ToString() : null;
        }

        /// <summary>The field, or what else is wrong.</summary>
        [DefaultValue("Error or field name")]
        public string Name { get; set; } = null!;

        /// <summary>Why.</summary>
        [DefaultValue("Error reason")]
        public string Reason { get; set; } = null!;

        /// <summary>Its code, if codes are shown.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Code { get; set; }

        /// <summary>Its severity, if severities are shown.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Severity { get; set; }
    }
}

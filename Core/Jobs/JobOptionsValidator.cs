using Microsoft.Extensions.Options;

namespace Switchboard.Core.Jobs;

[OptionsValidator]
internal sealed partial class JobOptionsValidator : IValidateOptions<JobOptions>;

namespace Heliograph.Access;

/// <summary>Why a group or a name cannot be had: one sentence for the operator.</summary>
internal sealed class AccessException(string message) : Exception(message);

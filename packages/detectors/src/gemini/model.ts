/** The model that is asked where nobody names another: by a relay without `DETECTION_MODEL`, with a person's own key, and by `pnpm evaluate`. */
export const defaultGeminiModel = 'gemini-2.5-flash';

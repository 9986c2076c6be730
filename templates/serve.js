// Sliders beside the fields of figures: the middle is the value in force, each end one as far away again.
for (const slider of document.querySelectorAll('input[type=range]')) {
  const field = slider.previousElementSibling
  slider.hidden = false
  slider.addEventListener('input', () => {
    const value = Number(slider.dataset.base) * (1 + Number(slider.value) / 100)
    field.value = slider.value === '0' ? '' : String(Number(value.toPrecision(6)))
  })
  slider.addEventListener('change', () => slider.form.requestSubmit())
}
